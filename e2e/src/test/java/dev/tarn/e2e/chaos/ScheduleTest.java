package dev.tarn.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleTest {
  private static final Duration LENGTH = Duration.ofMinutes(10);

  @Test
  void the_same_seed_gives_the_same_schedule() {
    assertThat(Schedule.of(7, LENGTH, 5)).isEqualTo(Schedule.of(7, LENGTH, 5));
    assertThat(Schedule.of(7, LENGTH, 5)).isNotEqualTo(Schedule.of(8, LENGTH, 5));
  }

  @Test
  void every_kind_of_fault_comes_within_some_minutes() {
    Set<String> kinds =
        Schedule.of(1, LENGTH, 5).happenings().stream()
            .map(happening -> happening.fault().kind())
            .collect(Collectors.toSet());

    assertThat(kinds)
        .hasSameSizeAs(Fault.class.getPermittedSubclasses())
        .contains("Kill", "Partition", "RestartHomes");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void a_node_is_not_struck_while_it_still_is(long seed) {
    List<Schedule.Happening> all = Schedule.of(seed, LENGTH, 5).happenings();

    for (Schedule.Happening first : all) {
      for (Schedule.Happening second : all) {
        boolean overlap =
            first.fromMillis() < second.fromMillis() && second.fromMillis() < first.untilMillis();
        if (overlap) {
          assertThat(Collections.disjoint(first.fault().struck(), second.fault().struck()))
              .isTrue();
        }
      }
    }
  }

  @Test
  void everything_begins_within_the_time_given() {
    assertThat(Schedule.of(3, LENGTH, 5).happenings())
        .allMatch(happening -> happening.fromMillis() < LENGTH.toMillis())
        .allMatch(happening -> happening.untilMillis() >= happening.fromMillis());
  }
}
