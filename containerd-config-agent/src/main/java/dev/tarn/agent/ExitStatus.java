package dev.tarn.agent;

/**
 * What the process ends with. A signal ends it with 128 and its number, such as 143 for SIGTERM.
 */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILURE = 1;

  /** The configuration is wrong; sysexits.h calls it EX_CONFIG. */
  static final int CONFIGURATION = 78;

  private ExitStatus() {}
}
