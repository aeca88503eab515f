package dev.tarn.e2e.cluster;

import dev.tarn.e2e.check.CaseFailed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Short commands of the system, on the calling thread. */
public final class Shell {
  private Shell() {}

  /** Runs a command and gives what it printed; it must succeed. */
  public static String run(List<String> command) {
    Ended ended = attempt(command);
    if (ended.status() != 0) {
      throw new CaseFailed(
          String.join(" ", command) + ": " + ended.status() + " " + ended.printed().strip());
    }
    return ended.printed();
  }

  public static String run(String... command) {
    return run(List.of(command));
  }

  /** Status and output of a command that may fail. */
  public record Ended(int status, String printed) {}

  public static Ended attempt(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return new Ended(process.waitFor(), printed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " ran", e);
    }
  }
}
