package dev.tarn.agent.setup;

import java.time.Duration;
import java.util.List;

/** Runs commands on the host. Blocks; never throws for what becomes of them. */
@FunctionalInterface
interface HostCommands {
  /** Runs a command for that long at most. */
  Outcome run(List<String> command, Duration limit);

  /**
   * What became of a command.
   *
   * @param status its exit status, or {@link #NOT_RUN}
   * @param out what it printed, cut at some MiB
   * @param err what it printed as errors, or why it was not run to its end
   */
  record Outcome(int status, String out, String err) {
    /** It could not be started, or did not end in time. */
    static final int NOT_RUN = -1;

    boolean succeeded() {
      return status == 0;
    }

    /** The last words of it, for a person. */
    String complaint() {
      String text = err.isBlank() ? out.strip() : err.strip();
      int line = text.lastIndexOf('\n');
      return "status " + status + ": " + text.substring(line + 1);
    }
  }
}
