package dev.tarn.server.registry;

import java.time.Duration;

/**
 * How much longer a body may make no progress. One connection's event loop.
 *
 * <p>A source that gives no byte has {@code stall}; one whose bytes come, but may not be passed on
 * yet, has longer: but who pulls gives up, too, where no byte comes. A client that takes none has
 * {@code idle}.
 */
final class Patience {
  private static final int STALLS_IF_ALIVE = 3;

  private final long stallNanos;
  private final long idleNanos;
  private long writtenBefore;
  private long movedAt;
  private long cameBefore;
  private long cameAt;

  Patience(Duration stall, Duration idle, long now) {
    this.stallNanos = stall.toNanos();
    this.idleNanos = idle.toNanos();
    this.movedAt = now;
    this.cameAt = now;
  }

  /**
   * What is left of it at {@code now}; none at or below zero.
   *
   * @param waiting whether the body waits for its source, not for the client
   * @param came how much has come of the content, whether or not it may be passed on
   * @param written how much of the body was written
   */
  long left(long now, boolean waiting, long came, long written) {
    if (came != cameBefore) {
      cameBefore = came;
      cameAt = now;
    }
    if (written != writtenBefore) {
      writtenBefore = written;
      movedAt = now;
      cameAt = now;
    }
    return waiting
        ? Math.min(stallNanos - (now - cameAt), STALLS_IF_ALIVE * stallNanos - (now - movedAt))
        : idleNanos - (now - movedAt);
  }
}
