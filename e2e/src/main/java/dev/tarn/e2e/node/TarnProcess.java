package dev.tarn.e2e.node;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** How a Tarn process comes to life; calls block. */
public final class TarnProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private TarnProcess() {}

  /**
   * Starts one by its launcher.
   *
   * @param javaOptions added to the launcher's own, which they override
   * @param wrapping what becomes of the command
   */
  public static Child start(
      Path directory, Path config, String javaOptions, UnaryOperator<List<String>> wrapping) {
    // Another build of Tarn is tried by naming its launcher.
    String launcher =
        System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString());
    List<String> command = List.of(launcher, "serve", "--config", config.toString());
    return Child.start(
        "tarn", directory, Map.of("TARN_JAVA_OPTS", javaOptions), wrapping.apply(command));
  }

  /** Waits until its admin endpoint says that it is ready. */
  public static void awaitReady(Child process, URI readyz) throws Exception {
    Await.until(
        "Tarn is ready, see tarn.log",
        START_LIMIT,
        () -> {
          if (!process.alive()) {
            throw new CaseFailed("Tarn ended; " + process.tail());
          }
          return Fetch.statusOf(readyz) == 200;
        });
  }
}
