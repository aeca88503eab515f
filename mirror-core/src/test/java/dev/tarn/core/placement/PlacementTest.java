package dev.tarn.core.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Golden vectors, made by an independent program from the description of the hash, and statistics.
 */
class PlacementTest {
  private static final long SEED = 4_711;

  @ParameterizedTest
  @CsvSource({
    "a, ca978112ca1bbdca",
    "node-1, 35971be6e9bb024a",
    "knoten-ä, 505b2f17062f1cc7",
  })
  void membersHashAsDocumented(String name, String hash) {
    assertThat(Long.toHexString(RendezvousHash.member(name))).isEqualTo(hash);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0, d6008a0041500483, f176f6e7a9a83cfc, node-1 node-8 node-6 node-7",
    "'', 1, fff7f0f767d1cd31, ed11631d1df0ab69, node-1 node-0 node-7 node-4",
    "'', 94, 81d1725d84c81602, 78b2f293329a4210, node-2 node-4 node-5 node-1",
    "tarn, 0, 4bae63aef02268f1, e418b81c09152d26, node-1 node-4 node-2 node-3",
    "tarn, 1, bf19ee26b0bc48da, 82453abe7bc9bcab, node-9 node-2 node-8 node-4",
    "tarn, 94, 683de44c117db284, edbb4abcd3252bbf, node-9 node-2 node-1 node-7",
  })
  void segmentsRankMembersAsDocumented(
      String content, int segment, String key, String scoreOfNode1, String ranked) {
    Digest digest = Digest.sha256(content);
    long keyOfSegment = RendezvousHash.key(digest, segment);

    assertThat(Long.toHexString(keyOfSegment)).isEqualTo(key);
    assertThat(
            Long.toHexString(RendezvousHash.score(keyOfSegment, RendezvousHash.member("node-1"))))
        .isEqualTo(scoreOfNode1);
    assertThat(placementOf(10).ranked(digest, segment, 4))
        .extracting(Member::name)
        .containsExactly(ranked.split(" "));
  }

  @Test
  void homesAreBalanced() {
    int members = 100;
    int segments = 100_000;
    Placement placement = placementOf(members);
    Map<String, Integer> counts = new HashMap<>();

    for (Key key : keys(segments)) {
      counts.merge(homeOf(placement, key), 1, Integer::sum);
    }

    double expected = (double) segments / members;
    double chiSquare =
        IntStream.range(0, members)
            .mapToDouble(i -> counts.getOrDefault("node-" + i, 0) - expected)
            .map(difference -> difference * difference / expected)
            .sum();
    // 99 degrees of freedom: mean 99, standard deviation 14.
    assertThat(chiSquare).isBetween(50.0, 160.0);
    assertThat(counts.values()).allMatch(count -> count < expected * 1.2);
  }

  @Test
  void oneThatJoinsTakesOnlyItsShareAndMovesNothingElse() {
    Placement before = placementOf(100);
    Placement after = placementOf(101);
    List<Key> keys = keys(20_000);

    List<Key> moved =
        keys.stream().filter(key -> !homeOf(before, key).equals(homeOf(after, key))).toList();

    assertThat(moved).allMatch(key -> homeOf(after, key).equals("node-100"));
    assertThat(moved.size()).isBetween(120, 280);
  }

  @Test
  void whatOneThatLeavesWasHomeOfGoesToTheRunnerUp() {
    Placement before = placementOf(100);
    List<Member> rest =
        before.membership().members().stream().filter(m -> !m.name().equals("node-7")).toList();
    Placement after = new Placement(Membership.of(2, rest));

    for (Key key : keys(20_000)) {
      List<Member> ranked = before.ranked(key.digest(), key.segment(), 2);
      String expected = ranked.get(ranked.getFirst().name().equals("node-7") ? 1 : 0).name();
      assertThat(homeOf(after, key)).isEqualTo(expected);
    }
  }

  @Test
  void oneThatIsNotReadyIsHomeOfNothing() {
    Placement placement =
        new Placement(
            Membership.of(
                1, List.of(new Member("a", "", "a:1", false), new Member("b", "", "b:1", true))));

    assertThat(placement.ranked(Digest.sha256("x"), 0, 5))
        .extracting(Member::name)
        .containsOnly("b");
    assertThat(new Placement(Membership.of(1, List.of())).home(Digest.sha256("x"), 0)).isEmpty();
  }

  @Test
  void aZonesHomeIsTheBestRankedOfTheZone() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      members.add(new Member("node-" + i, "zone-" + i % 3, "", true));
    }
    Placement placement = new Placement(Membership.of(1, members));

    assertThat(placement.zoneCount()).isEqualTo(3);
    for (Key key : keys(100)) {
      List<Member> ranked = placement.ranked(key.digest(), key.segment(), 30);
      Member best =
          ranked.stream().filter(m -> m.zone().equals("zone-1")).findFirst().orElseThrow();
      assertThat(placement.zoneHome("zone-1", key.digest(), key.segment())).contains(best);
    }
    assertThat(placement.zoneHome("elsewhere", Digest.sha256("x"), 0)).isEmpty();
  }

  @Test
  void membersAreSortedAndFoundAndNeverDoubled() {
    Member a = new Member("a", "", "", true);
    Member b = new Member("b", "", "", true);

    assertThat(Membership.of(1, List.of(b, a))).isEqualTo(Membership.of(2, List.of(a, b)));
    assertThat(Membership.of(1, List.of(b, a)).find("b")).contains(b);
    assertThat(Membership.of(1, List.of(b, a)).contains("c")).isFalse();
    assertThatThrownBy(() -> Membership.of(1, List.of(a, a)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private record Key(Digest digest, int segment) {}

  private static List<Key> keys(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < count; i += 20) {
      Digest digest = Digest.sha256("blob-" + random.nextLong());
      for (int segment = 0; segment < 20; segment++) {
        keys.add(new Key(digest, segment));
      }
    }
    return keys;
  }

  private static String homeOf(Placement placement, Key key) {
    return placement.home(key.digest(), key.segment()).orElseThrow().name();
  }

  private static Placement placementOf(int count) {
    return new Placement(
        Membership.of(
            1,
            IntStream.range(0, count)
                .mapToObj(i -> new Member("node-" + i, "", "10.0.0." + i + ":5051", true))
                .toList()));
  }
}
