package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.setup.HostCommands.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessesTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Processes processes = new Processes(List.of());

  @Test
  void outputErrorsAndStatusAreTold() {
    Outcome outcome = processes.run(List.of("sh", "-c", "echo a; echo b >&2; exit 3"), LIMIT);

    assertThat(outcome).isEqualTo(new Outcome(3, "a\n", "b\n"));
    assertThat(outcome.complaint()).isEqualTo("status 3: b");
  }

  @Test
  void whatIsNotThereIsNotRun() {
    assertThat(processes.run(List.of("/no/such/program"), LIMIT).status())
        .isEqualTo(Outcome.NOT_RUN);
  }

  @Test
  void whatDoesNotEndIsEnded() {
    Outcome outcome = processes.run(List.of("sleep", "600"), Duration.ofMillis(100));

    assertThat(outcome.status()).isEqualTo(Outcome.NOT_RUN);
    assertThat(outcome.err()).contains("did not end");
  }

  @Test
  void moreThanAPipeHoldsIsReadWithoutWaitingForIt() {
    Outcome outcome =
        processes.run(List.of("sh", "-c", "head -c 9000000 /dev/zero; echo >&2"), LIMIT);

    assertThat(outcome.succeeded()).isTrue();
    assertThat(outcome.out()).hasSize(4 << 20);
  }
}
