package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Event;
import java.util.concurrent.TimeUnit;

/**
 * Tells the planner how far a flow is, often enough and not at every byte. One thread at a time.
 */
final class ProgressReport {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final FlowHost host;
  private final long id;
  private long told = -1;
  private long toldAt;

  ProgressReport(FlowHost host, long id) {
    this.host = host;
    this.id = id;
  }

  void at(long position) {
    long now = host.nanos();
    if (told < 0 || now - toldAt >= EVERY_NANOS) {
      tell(position, now);
    }
  }

  /** Whatever was told last, this is where it got to. */
  void settled(long position) {
    if (position != told) {
      tell(position, host.nanos());
    }
  }

  private void tell(long position, long now) {
    told = position;
    toldAt = now;
    host.tell(new Event.Progress(id, position));
  }
}
