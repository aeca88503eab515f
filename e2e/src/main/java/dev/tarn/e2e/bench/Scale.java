package dev.tarn.e2e.bench;

import java.time.Duration;

/**
 * How long and how large a benchmark is: whole, or quick to guard against regressions of kind, with
 * limits half as strict.
 *
 * @param round how long a server's turn is
 * @param warmUp the processor time after which a server that compiles itself has done so
 * @param starts how often a start is timed
 * @param settle after a start, or after work, until what is left is idle
 * @param lenience what a limit is widened by
 */
record Scale(
    int rounds,
    Duration round,
    Duration warmUp,
    long blobBytes,
    int pullRounds,
    int starts,
    Duration settle,
    Duration idle,
    double lenience) {
  private static final int WHOLE_BLOB_BYTES = 300_000_000;
  private static final int QUICK_BLOB_BYTES = 64_000_000;

  static Scale of(boolean quick) {
    return quick
        ? new Scale(
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(8),
            QUICK_BLOB_BYTES,
            1,
            3,
            Duration.ofSeconds(6),
            // In ten seconds one burst of 60 ms was three times the whole run's limit.
            Duration.ofSeconds(25),
            2)
        : new Scale(
            7,
            Duration.ofSeconds(3),
            Duration.ofSeconds(10),
            WHOLE_BLOB_BYTES,
            5,
            7,
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            1);
  }
}
