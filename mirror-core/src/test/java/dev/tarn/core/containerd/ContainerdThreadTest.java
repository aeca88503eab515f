package dev.tarn.core.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it: thread, kernel, disk and clock. */
@Timeout(60)
class ContainerdThreadTest implements ContainerdListener {
  @TempDir Path root;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  @Override
  public void appeared(Digest digest, long size) {
    heard.add("+ " + digest);
  }

  @Override
  public void vanished(Digest digest) {
    heard.add("- " + digest);
  }

  @Test
  void whatContainerdCommitsAndCollectsIsTold() throws Exception {
    Path sha256 = Files.createDirectories(root.resolve("blobs/sha256"));
    Digest before = Digest.sha256("before");
    Digest after = Digest.sha256("after");
    Files.writeString(sha256.resolve(before.hex()), "before");
    ContainerdOptions options =
        new ContainerdOptions(root.resolve("blobs"), root.resolve("remembered"), _ -> false);
    try (ContainerdStore store = ContainerdStore.open(options, System::nanoTime, this)) {
      assertThat(heard.take()).isEqualTo("+ " + before);

      Path ingest = root.resolve("ingest");
      Files.write(ingest, "after".getBytes(StandardCharsets.UTF_8));
      Files.move(ingest, sha256.resolve(after.hex()));
      assertThat(heard.take()).isEqualTo("+ " + after);
      assertThat(store.sizeOf(after)).hasValue(5);

      Files.delete(sha256.resolve(before.hex()));
      assertThat(heard.take()).isEqualTo("- " + before);
      assertThat(store.statistics().watched()).isTrue();
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void theMoreItWorkedTheLongerItRests() {
    assertThat(Pace.restNanos(0)).isEqualTo(Pace.SHORTEST.toNanos());
    assertThat(Pace.restNanos(Duration.ofMillis(10).toNanos()))
        .isEqualTo(Duration.ofMillis(490).toNanos());
    assertThat(Pace.restNanos(Long.MAX_VALUE)).isEqualTo(Pace.LONGEST.toNanos());
    assertThat(Pace.restNanos(-1)).isEqualTo(Pace.SHORTEST.toNanos());
  }
}
