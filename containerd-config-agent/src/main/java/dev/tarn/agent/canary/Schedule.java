package dev.tarn.agent.canary;

import dev.tarn.agent.containerd.Prospect;

/**
 * When a pull is due, in milliseconds that never go back: at once at first; soon where containerd
 * is another than it was; after a long interval where nothing changes; and where it did not come,
 * after pauses that double up to that interval. For one thread at a time.
 */
final class Schedule {
  private static final long FIRST_PAUSE_MILLIS = 5_000;

  /** A containerd that is started again and again is not asked each time. */
  private static final long CHANGE_PAUSE_MILLIS = 30_000;

  private static final int MAX_DOUBLINGS = 20;

  private final long intervalMillis;
  private long due = Long.MIN_VALUE;
  private long last;
  private boolean pulled;
  private int misses;

  Schedule(long intervalMillis) {
    this.intervalMillis = intervalMillis;
  }

  boolean isDue(long now) {
    return now >= due;
  }

  /** containerd, or its configuration, is another than it was. */
  void changed(long now) {
    misses = 0;
    if (pulled) {
      due = Math.min(due, Math.max(now, last + CHANGE_PAUSE_MILLIS));
    }
  }

  /** A pull is over. */
  void came(Prospect outcome, long now) {
    pulled = true;
    last = now;
    if (outcome instanceof Prospect.Effective) {
      misses = 0;
      due = now + intervalMillis;
    } else {
      due = now + Math.min(intervalMillis, FIRST_PAUSE_MILLIS << Math.min(misses, MAX_DOUBLINGS));
      misses++;
    }
  }
}
