package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.setup.HostCommands.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration SETTLING = Duration.ofSeconds(10);

  private long seconds;

  @Test
  void aContainerdThatIsWellAndStaysIsWell() {
    assertThat(await(second -> true, second -> true, second -> false)).isEmpty();
    assertThat(seconds).isEqualTo(10);
  }

  @Test
  void oneThatTakesItsTimeIsWell() {
    assertThat(await(second -> second > 20, second -> second > 30, second -> false)).isEmpty();
  }

  @Test
  void oneThatDoesNotComeBackInTimeIsNot() {
    assertThat(await(second -> second > 70, second -> true, second -> false))
        .hasValueSatisfying(why -> assertThat(why).contains("not active within 60 s"));
  }

  @Test
  void oneWithoutCriIsNot() {
    assertThat(await(second -> true, second -> false, second -> false))
        .hasValueSatisfying(why -> assertThat(why).contains("CRI does not answer"));
  }

  @Test
  void oneThatEndsAgainIsNot() {
    assertThat(await(second -> second < 5, second -> true, second -> false)).isPresent();
  }

  @Test
  void oneThatIsStartedAgainIsNotThoughItIsWellEachTime() {
    assertThat(await(second -> true, second -> true, second -> second > 5))
        .hasValueSatisfying(why -> assertThat(why).contains("started again"));
  }

  private Optional<String> await(
      LongPredicate active, LongPredicate answers, LongPredicate startedAgain) {
    HostCommands systemd =
        (List<String> command, Duration limit) ->
            command.contains("is-active")
                ? new Outcome(active.test(seconds) ? 0 : 3, "", "")
                : new Outcome(0, "InvocationID=" + startedAgain.test(seconds), "");
    return new Health(
            new Unit(systemd, "containerd.service"),
            () -> answers.test(seconds),
            () -> Duration.ofSeconds(seconds).toNanos(),
            time -> seconds += time.toSeconds(),
            LIMIT,
            SETTLING)
        .await();
  }
}
