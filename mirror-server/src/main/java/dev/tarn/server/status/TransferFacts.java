package dev.tarn.server.status;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something on its way to this node.
 *
 * @param size empty until it is known
 * @param source where its first bytes came from; empty until they are here
 * @param cameBytes since it began, with those that were there before left out
 * @param nanos since it began
 * @param readers clients that wait for it
 */
public record TransferFacts(
    String registry,
    String repository,
    String digest,
    boolean manifest,
    OptionalLong size,
    long receivedBytes,
    long cameBytes,
    Optional<String> source,
    long nanos,
    int readers) {
  private static final long NANOS_A_SECOND = 1_000_000_000;
  private static final long NANOS_A_MILLI = 1_000_000;

  long seconds() {
    return nanos / NANOS_A_SECOND;
  }

  /** The mean since it began. */
  long bytesPerSecond() {
    return (long) ((double) cameBytes * NANOS_A_SECOND / Math.max(nanos, NANOS_A_MILLI));
  }
}
