package dev.tarn.e2e.cluster;

/**
 * How much a link carries in either direction, in megabits a second as they are on the wire.
 * Immutable.
 */
public record LinkSpeed(int megabits) {
  /** What TCP with timestamps leaves of an Ethernet frame of the usual size. */
  private static final double PAYLOAD_SHARE = 1448.0 / 1514.0;

  private static final int QUEUE_MILLIS = 12;
  private static final int SMALLEST_QUEUE_BYTES = 192 * 1024;

  /** The bytes of content that it carries in a second at best. */
  public double payloadBytesPerSecond() {
    return megabits * 1e6 / 8 * PAYLOAD_SHARE;
  }

  /** How long content of that size is under way at best. */
  public double secondsFor(long bytes) {
    return bytes / payloadBytesPerSecond();
  }

  /** What waits before it at most, as a switch's port has it; what comes then is dropped. */
  int queueBytes() {
    return Math.max(SMALLEST_QUEUE_BYTES, (int) (megabits * 1e6 / 8 / 1000 * QUEUE_MILLIS));
  }
}
