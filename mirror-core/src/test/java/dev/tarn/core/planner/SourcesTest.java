package dev.tarn.core.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom a chunk is asked for next. */
class SourcesTest {
  private static final List<String> ALL = List.of("a", "b", "c");

  private final Kernel kernel =
      new Kernel(
          "a",
          new Placement(
              Membership.of(1, ALL.stream().map(name -> new Member(name, "", "", true)).toList())),
          new SplittableRandom(1),
          (token, from, question) -> {});
  private final Sources sources = new Sources(kernel);

  @Test
  void neitherThisNodeNorTheSourceThatItHasIsAnother() {
    assertThat(sources.others(ALL, "")).containsExactly("b", "c");
    assertThat(sources.others(ALL, "b")).containsExactly("c");
  }

  @Test
  void whoDisappointedIsAskedWhereNobodyElseIsLeft() {
    sources.avoid("b");

    assertThat(sources.others(ALL, "")).containsExactly("c");
    assertThat(sources.others(List.of("b"), "")).containsExactly("b");
    assertThat(sources.wanted(List.of("b"))).isEmpty();
    assertThat(sources.wanted(List.of("b", "c"))).containsExactly("c");
  }

  @Test
  void whoGaveWrongBytesIsNeverAskedAgain() {
    sources.wrong("b");

    assertThat(sources.others(ALL, "")).containsExactly("c");
    assertThat(sources.others(List.of("b"), "")).isEmpty();
    assertThat(sources.avoided()).containsExactly("b");
    assertThat(sources.onlyWrong(List.of("b"))).isTrue();
    assertThat(sources.onlyWrong(List.of("b", "c"))).isFalse();
    assertThat(sources.onlyWrong(List.of())).isFalse();
  }

  @Test
  void whoCannotBeAskedIsNoSource() {
    kernel.failed("c");

    assertThat(sources.others(List.of("c", "stranger"), "")).isEmpty();
    assertThat(sources.wanted(List.of("c", "stranger"))).isEmpty();
  }

  @Test
  void theFirstWhoDisappointedAreForgottenWhereTheyAreTooMany() {
    List<String> names =
        IntStream.rangeClosed(0, Limits.NAMES).mapToObj(number -> "node-" + number).toList();
    names.forEach(sources::avoid);
    sources.avoid(names.getLast());

    assertThat(sources.avoided()).isEqualTo(names.subList(1, names.size()));
  }

  @Test
  void thoseWhoWereFoundGoodAreTakenOnceEachTheBestFirst() {
    sources.keep(List.of("c", "b"));
    sources.keep(List.of("b", "c"));

    assertThat(sources.next()).isEqualTo("b");
    assertThat(sources.hasNext()).isTrue();
    assertThat(sources.next()).isEqualTo("c");
    assertThat(sources.hasNext()).isFalse();
  }
}
