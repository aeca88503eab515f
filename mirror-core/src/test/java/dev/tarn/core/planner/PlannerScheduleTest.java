package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several planners together on schedules that broke simpler designs. */
class PlannerScheduleTest {
  private static final long MIB = 1024 * 1024;
  private static final long SIZE = 120 * MIB + 77;
  private static final long SECOND = 1_000 * Cluster.MILLI;

  /** What one node alone needs on its link. */
  private static final double FLOOR_SECONDS = (double) SIZE / (100 * MIB);

  @Test
  void oneThatWantsItAloneFetchesItInOneRequest() {
    Cluster cluster = new Cluster(1, 8);
    BlobKey blob = cluster.blob("solo", SIZE);

    cluster.node(3).want(blob);

    finish(cluster, 10, "solo");
    assertThat(cluster.upstream.requests).isEqualTo(1);
    assertThat(cluster.upstream.sentBytes).isEqualTo(SIZE);
    assertThat(cluster.nodes.values()).filteredOn(n -> n.store.containsKey(blob)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void manyThatWantItTogetherCostOneCopyAndLittleMoreThanOne(long seed) {
    Cluster cluster = new Cluster(seed, 12);
    BlobKey blob = cluster.blob("together", SIZE);
    long start = cluster.now;

    cluster
        .nodes
        .values()
        .forEach(node -> cluster.after(jitter(cluster, 50), () -> node.want(blob)));
    cluster.run(cluster.now + 60 * Cluster.MILLI);

    finish(cluster, 20, "seed " + seed);
    assertThat(cluster.upstream.sentBytes).isEqualTo(SIZE);
    assertThat(cluster.invariants.fetchedTwice).isEmpty();
    assertThat(seconds(cluster, blob, start)).isLessThan(FLOOR_SECONDS * 1.5);
  }

  @Test
  void lateComersTakeItFromThoseWhoHoldIt() {
    Cluster cluster = new Cluster(7, 8);
    BlobKey blob = cluster.blob("late", SIZE);
    cluster.node(0).want(blob);
    finish(cluster, 10, "first");

    for (int i = 1; i < 8; i++) {
      cluster.node(i).want(blob);
    }

    finish(cluster, 20, "late");
    assertThat(cluster.upstream.sentBytes).isEqualTo(SIZE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theLesseePausesAndTheOthersGoOn(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("paused", SIZE);
    cluster.node(0).want(blob);
    cluster.run(cluster.now + 100 * Cluster.MILLI);
    wantAll(cluster, blob);
    cluster.run(cluster.now + seed * 40 * Cluster.MILLI);

    cluster.node(0).pause();
    cluster.run(cluster.now + 12 * SECOND);

    for (int i = 1; i < 8; i++) {
      assertThat(cluster.node(i).wanted).as("node %s, seed %s", i, seed).isEmpty();
    }
    cluster.node(0).resume();
    finish(cluster, 30, "seed " + seed);
    assertThat(cluster.upstream.copies(blob)).isLessThan(1.5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theLesseeDiesAndTheOthersGoOn(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("dead", SIZE);
    cluster.node(0).want(blob);
    cluster.run(cluster.now + (20 + seed * 30) * Cluster.MILLI);
    wantAll(cluster, blob);
    cluster.run(cluster.now + seed * 20 * Cluster.MILLI);

    cluster.node(0).die();

    finish(cluster, 30, "seed " + seed);
    assertThat(cluster.upstream.copies(blob)).isLessThan(2.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theFirstAskerIsTenTimesSlowerAndHoldsNobodyBack(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("slow", SIZE);
    cluster.node(0).bytesPerSecond /= 10;
    long start = cluster.now;
    cluster.node(0).want(blob);
    cluster.run(cluster.now + 30 * Cluster.MILLI);

    wantAll(cluster, blob);

    cluster.run(cluster.now + 6 * SECOND);
    for (int i = 1; i < 8; i++) {
      assertThat(cluster.node(i).wanted).as("node %s, seed %s", i, seed).isEmpty();
    }
    finish(cluster, 60, "seed " + seed);
    assertThat(cluster.now - start).isPositive();
    assertThat(cluster.upstream.copies(blob)).isLessThan(1.25);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyHomeForgetsInMidWave(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("amnesia", SIZE);
    wantAll(cluster, blob);

    for (int i = 0; i < 8; i++) {
      cluster.run(cluster.now + 200 * Cluster.MILLI);
      cluster.node(i).restart();
    }

    finish(cluster, 40, "seed " + seed);
    assertThat(cluster.upstream.copies(blob)).isLessThan(1.9);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bothHalvesOfACutNetworkComeToTheEnd(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("partition", 4 * SIZE);
    wantAll(cluster, blob);
    cluster.run(cluster.now + 300 * Cluster.MILLI);

    for (int i = 0; i < 4; i++) {
      cluster.island.add(Cluster.name(i));
    }

    finish(cluster, 60, "seed " + seed);
    assertThat(cluster.upstream.copies(blob))
        .as("one for each half, and what was cut off in mid-chunk")
        .isLessThan(2.2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aCutThatHealsCostsWhatWasFetchedDuringIt(long seed) {
    Cluster cluster = new Cluster(seed, 5);
    cluster.upstream.bytesPerSecond = 25 * MIB;
    BlobKey blob = cluster.blob("cut", 4 * SIZE);
    wantAll(cluster, blob);
    cluster.run(cluster.now + 500 * Cluster.MILLI);

    cluster.island.addAll(List.of(Cluster.name(2), Cluster.name(3)));
    cluster.run(cluster.now + 3_400 * Cluster.MILLI);
    cluster.island.clear();

    finish(cluster, 60, "seed " + seed);
    assertThat(cluster.upstream.copies(blob)).as("seed %s", seed).isLessThan(1.2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nodesThatSeeDifferentMembersComeToTheSameEnd(long seed) {
    Cluster cluster = new Cluster(seed, 8);
    BlobKey blob = cluster.blob("views", SIZE);
    for (int i = 0; i < 8; i += 2) {
      int missing = i;
      List<Member> some = new ArrayList<>();
      for (int j = 0; j < 8; j++) {
        if (j != (missing + 3) % 8) {
          some.add(new Member(Cluster.name(j), "", "", true));
        }
      }
      cluster.node(i).membership(Membership.of(2, some));
    }

    wantAll(cluster, blob);

    finish(cluster, 30, "seed " + seed);
    assertThat(cluster.upstream.copies(blob)).isLessThan(1.1);
  }

  @Test
  void aFalseSizeThatAHomeWasToldIsPutRightByUpstream() {
    Cluster cluster = new Cluster(5, 4);
    BlobKey blob = cluster.blob("false", SIZE);
    // Somebody announces a size from a manifest, and holds nothing.
    for (TestNode node : cluster.nodes.values()) {
      node.handle(
          new Event.Asked(
              900,
              "node-03",
              new Question.Announce(List.of(new Question.Held(blob, SIZE * 2)), List.of()),
              Event.Local.NOTHING));
    }

    cluster.node(0).want(blob);
    cluster.node(1).want(blob);

    finish(cluster, 60, "false size");
    assertThat(cluster.node(0).stored(blob).size).isEqualTo(SIZE);
  }

  @Test
  void whoeverCantGetItUpstreamGetsItFromTheOthers() {
    Cluster cluster = new Cluster(6, 6);
    BlobKey blob = cluster.blob("denied", SIZE);
    cluster.node(0).denied = true;
    cluster.node(1).denied = true;
    cluster.node(0).want(blob);
    cluster.run(cluster.now + 10 * Cluster.MILLI);

    wantAll(cluster, blob);

    finish(cluster, 30, "denied");
    assertThat(cluster.nodes.values()).allMatch(node -> node.gaveUp.isEmpty());
    // A lease that goes on because it is slow may overlap for as long as until the next report.
    assertThat(cluster.upstream.copies(blob)).isBetween(1.0, 1.02);
  }

  @Test
  void whatNobodyMayFetchEnds() {
    Cluster cluster = new Cluster(6, 3);
    BlobKey blob = cluster.blob("gone", SIZE);
    cluster.nodes.values().forEach(node -> node.denied = true);

    wantAll(cluster, blob);

    finishAnyhow(cluster, 60);
    assertThat(cluster.nodes.values()).allMatch(node -> node.gaveUp.contains(blob));
  }

  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "3,true", "4,true", "1,false", "2,false", "3,false", "4,false"})
  void whatUpstreamGivesOnlyWholeIsReadOnce(long seed, boolean tellsSize) {
    Cluster cluster = new Cluster(seed, 6);
    cluster.upstream.ranges = false;
    cluster.upstream.tellsSize = tellsSize;
    BlobKey blob = cluster.blob("whole", SIZE);

    wantAll(cluster, blob);

    finish(cluster, 30, "whole");
    assertThat(cluster.upstream.sentBytes).isEqualTo(SIZE);
    assertThat(cluster.upstream.requests).isEqualTo(1);
  }

  @Test
  void oneThatDeliversWhatUpstreamNeverSentIsNamed() {
    Cluster cluster = new Cluster(9, 5);
    BlobKey blob = cluster.blob("lies", SIZE);
    cluster.node(2).liar = true;

    wantAll(cluster, blob);

    finish(cluster, 60, "lies");
    assertThat(cluster.nodes.values()).allMatch(node -> node.stored(blob).tainted.isEmpty());
    assertThat(cluster.node(0).blames).extracting(Action.Blame::member).containsOnly("node-02");
  }

  @Test
  void aByteCrossesToAZoneOnce() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      members.add(new Member(Cluster.name(i), "zone-" + i % 3, "", true));
    }
    Cluster cluster = new Cluster(10, members);
    BlobKey blob = cluster.blob("zones", SIZE);

    wantAll(cluster, blob);

    finish(cluster, 20, "zones");
    assertThat(cluster.upstream.sentBytes).isEqualTo(SIZE);
    assertThat((double) cluster.crossedZones / SIZE).isLessThan(2.05);
  }

  @Test
  void aNodeWithoutRoomReadsAndIsNobodysSource() {
    Cluster cluster = new Cluster(11, 5);
    BlobKey blob = cluster.blob("full", SIZE);
    cluster.node(0).handle(new Event.RoomChanged(false));

    wantAll(cluster, blob);

    finish(cluster, 30, "full");
    assertThat(cluster.upstream.copies(blob)).isLessThan(1.2);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(journalOf(42)).isEqualTo(journalOf(42)).isNotEqualTo(journalOf(43));
  }

  private static long journalOf(long seed) {
    Cluster cluster = new Cluster(seed, 6);
    cluster.loss = 0.01;
    wantAll(cluster, cluster.blob("same", SIZE));
    finish(cluster, 40, "seed " + seed);
    return cluster.journal.hash();
  }

  private static void wantAll(Cluster cluster, BlobKey blob) {
    cluster.nodes.values().forEach(node -> node.want(blob));
  }

  private static long jitter(Cluster cluster, long millis) {
    return cluster.random.nextLong(millis * Cluster.MILLI);
  }

  private static double seconds(Cluster cluster, BlobKey blob, long start) {
    return cluster.nodes.values().stream()
        .mapToDouble(
            node -> (node.doneAt.getOrDefault(blob, Long.MAX_VALUE) - start) / (double) SECOND)
        .max()
        .orElseThrow();
  }

  private static void finishAnyhow(Cluster cluster, long withinSeconds) {
    assertThat(cluster.runUntilDone(withinSeconds * SECOND)).isTrue();
  }

  private static void finish(Cluster cluster, long withinSeconds, String what) {
    boolean done = cluster.runUntilDone(withinSeconds * SECOND);
    List<String> unfinished =
        cluster.nodes.values().stream()
            .filter(node -> !node.idle() || !node.gaveUp.isEmpty())
            .map(node -> node.name)
            .toList();
    assertThat(unfinished).as("unfinished, %s", what).isEmpty();
    assertThat(done).as(what).isTrue();
  }
}
