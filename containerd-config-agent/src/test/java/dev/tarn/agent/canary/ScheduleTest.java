package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.containerd.Prospect;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long SECOND = 1_000;
  private static final long HOUR = 3_600 * SECOND;
  private static final Prospect CAME = new Prospect.Effective();
  private static final Prospect UNKNOWN = new Prospect.Unknown("why", "tell");

  private final Schedule schedule = new Schedule(HOUR);

  @Test
  void theFirstPullIsDueAtOnce() {
    schedule.changed(0);

    assertThat(schedule.isDue(0)).isTrue();
  }

  @Test
  void whileNothingChangesTheNextIsDueAfterTheInterval() {
    schedule.came(CAME, 7);

    assertThat(schedule.isDue(7 + HOUR - 1)).isFalse();
    assertThat(schedule.isDue(7 + HOUR)).isTrue();
  }

  @Test
  void whereItDidNotComeThePausesDoubleUpToTheInterval() {
    List<Long> pauses = pauses(15);

    assertThat(pauses.subList(0, 4))
        .containsExactly(5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND);
    assertThat(pauses.getLast()).isEqualTo(HOUR);
    assertThat(pauses).isSorted();
  }

  @Test
  void anotherContainerdIsAskedAtOnceButNotAgainAndAgain() {
    schedule.came(CAME, 0);
    schedule.changed(10 * SECOND);
    assertThat(schedule.isDue(29 * SECOND)).isFalse();
    assertThat(schedule.isDue(30 * SECOND)).isTrue();

    schedule.came(CAME, 30 * SECOND);
    schedule.changed(HOUR / 2);
    assertThat(schedule.isDue(HOUR / 2)).isTrue();
  }

  @Test
  void anotherContainerdDoesNotPutOffWhatIsDueSooner() {
    schedule.came(UNKNOWN, 0);
    schedule.changed(SECOND);

    assertThat(schedule.isDue(5 * SECOND)).isTrue();
  }

  @Test
  void afterAChangeThePausesAreShortAgain() {
    List<Long> _ = pauses(15);

    schedule.changed(100 * HOUR);

    assertThat(pauses(1)).containsExactly(5 * SECOND);
  }

  private List<Long> pauses(int count) {
    List<Long> pauses = new ArrayList<>();
    long now = 200 * HOUR;
    for (int i = 0; i < count; i++) {
      schedule.came(UNKNOWN, now);
      long pause = SECOND;
      while (!schedule.isDue(now + pause)) {
        pause += SECOND;
      }
      pauses.add(pause);
      now += pause;
    }
    return pauses;
  }
}
