package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SeenTest {
  private static final RegistryHost QUAY = new RegistryHost("quay.io");
  private static final RegistryHost HUB = RegistryHost.DOCKER_HUB;

  private final Seen seen = new Seen(List.of(QUAY, HUB));

  private static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void everyRegistryHasItsCountItsLastTimeAndWhoItWas() {
    seen.note(QUAY, "containerd/v1.7.28", seconds(1));
    seen.note(QUAY, "containerd/v2.1.4", seconds(3));
    seen.note(HUB, "containerd/v2.1.4", seconds(10));

    assertThat(seen.lines(seconds(13)))
        .isEqualTo(
            """
            seen docker.io 1 3 containerd/v2.1.4
            seen quay.io 2 10 containerd/v2.1.4
            """);
  }

  @Test
  void othersThanContainerdProveNothing() {
    seen.note(QUAY, null, 0);
    seen.note(QUAY, "", 0);
    seen.note(QUAY, "curl/8.0 containerd/v2", 0);
    seen.note(QUAY, "Containerd/v2", 0);
    seen.note(new RegistryHost("ghcr.io"), "containerd/v2", 0);

    assertThat(seen.lines(1)).isEmpty();
  }

  @Test
  void aNameIsCutAndHasNothingInItThatEndsALine() {
    seen.note(QUAY, "containerd/" + "é\t".repeat(100), 0);

    assertThat(seen.lines(0)).isEqualTo("seen quay.io 1 0 containerd/" + "?".repeat(117) + "\n");
  }
}
