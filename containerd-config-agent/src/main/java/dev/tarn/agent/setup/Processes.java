package dev.tarn.agent.setup;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs commands as processes, behind the words that lead into the host's namespaces. */
final class Processes implements HostCommands {
  private static final int MAX_OUTPUT_BYTES = 4 << 20;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

  /** The image's own may lack the host's administrative directories. */
  private static final String PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin";

  private final List<String> prefix;

  /** {@code prefix} is put before each command; empty on the host itself. */
  Processes(List<String> prefix) {
    this.prefix = List.copyOf(prefix);
  }

  @Override
  public Outcome run(List<String> command, Duration limit) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("PATH", PATH);
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    try {
      return finish(builder.start(), limit);
    } catch (IOException e) {
      return new Outcome(Outcome.NOT_RUN, "", String.valueOf(e.getMessage()));
    }
  }

  private static Outcome finish(Process process, Duration limit) {
    CompletableFuture<String> out = drain(process.getInputStream());
    CompletableFuture<String> err = drain(process.getErrorStream());
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return new Outcome(
            Outcome.NOT_RUN, "", "it did not end within " + limit.toSeconds() + " s");
      }
      // A child that it left behind may hold the pipes open.
      long drain = DRAIN_LIMIT.toMillis();
      return new Outcome(
          process.exitValue(),
          out.completeOnTimeout("", drain, TimeUnit.MILLISECONDS).join(),
          err.completeOnTimeout("", drain, TimeUnit.MILLISECONDS).join());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return new Outcome(Outcome.NOT_RUN, "", "interrupted");
    }
  }

  private static CompletableFuture<String> drain(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                byte[] kept = stream.readNBytes(MAX_OUTPUT_BYTES);
                stream.transferTo(OutputStream.nullOutputStream());
                text.complete(new String(kept, StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.complete("");
              }
            });
    return text;
  }
}
