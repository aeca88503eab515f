package dev.tarn.server;

import dev.tarn.server.demo.TemporaryDirectory;
import dev.tarn.server.demo.TrainingGround;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A node as {@code serve} runs it, up to some pulls through it, a probe and a scrape: for the
 * launcher, which has the JVM keep what it learns of it. What the node deals with is in another
 * process: what is learnt is paid for by every node in memory, so it should be what nodes need.
 * Runs on the main thread.
 */
final class Training {
  private static final Duration PEERS_WITHIN = Duration.ofSeconds(20);
  private static final Duration PULLS_WITHIN = Duration.ofMinutes(1);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Process ground;
  private boolean pulled;

  private Training(Process ground) {
    this.ground = ground;
  }

  static int run(PrintStream out, PrintStream err) throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("tarn-training-")) {
      Process ground = startGround(directory.path());
      try {
        Training training = new Training(ground);
        Path file = directory.path().resolve(TrainingGround.CONFIGURATION);
        int status = Serve.run(Optional.of(file), Map.of(), out, err, training::pullAndEnd);
        // By that the node was told to end.
        boolean _ = Thread.interrupted();
        return status == ExitStatus.OK && !training.pulled ? ExitStatus.FAILURE : status;
      } finally {
        ground.destroyForcibly().onExit().join();
      }
    }
  }

  private static Process startGround(Path directory) throws IOException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    Process ground =
        new ProcessBuilder(
                List.of(
                    java,
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Djava.library.path=" + System.getProperty("java.library.path"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "training-ground",
                    directory.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = ground.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals(TrainingGround.READY)) {
        return ground;
      }
    }
    throw new IOException("the training ground did not start");
  }

  private void pullAndEnd(Node node) {
    try {
      awaitPeers(node);
      try (OutputStream go = ground.getOutputStream()) {
        go.write('\n');
      }
      pulled =
          ground.waitFor(PULLS_WITHIN.toSeconds(), TimeUnit.SECONDS)
              && ground.exitValue() == ExitStatus.OK;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      // Told to end earlier.
    }
    Thread.currentThread().interrupt();
  }

  private static void awaitPeers(Node node) throws InterruptedException {
    long deadline = System.nanoTime() + PEERS_WITHIN.toNanos();
    while (!node.hasPeers()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the node does not find its peer");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
    }
  }
}
