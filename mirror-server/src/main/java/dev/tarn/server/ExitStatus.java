package dev.tarn.server;

import dev.tarn.server.doctor.Severity;

/**
 * What the process ends with. A signal ends it with 128 and its number, such as 143 for SIGTERM.
 */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;

  /** There is something that somebody else made, and it was left as it is. */
  static final int NOT_OURS = 3;

  /** What was looked at needs attention. */
  static final int ATTENTION = 3;

  /** What was looked at is in trouble. */
  static final int TROUBLE = 4;

  /** The configuration is wrong; sysexits.h calls it EX_CONFIG. */
  static final int CONFIGURATION = 78;

  private ExitStatus() {}

  /** How bad it is, as an exit status. */
  static int of(Severity worst) {
    return switch (worst) {
      case FINE, NOTE -> OK;
      case ATTENTION -> ATTENTION;
      case TROUBLE -> TROUBLE;
    };
  }
}
