package dev.tarn.server.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An instant of the monotonic clock until which something may take. */
record Deadline(long atNanos) {

  static Deadline after(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** What is left, never below zero. */
  long remainingNanos() {
    return Math.max(0, atNanos - System.nanoTime());
  }

  /** What is left, rounded up; at least one millisecond, for those who take zero for endless. */
  int remainingMillis() {
    long millis = TimeUnit.NANOSECONDS.toMillis(remainingNanos() + 999_999);
    return Math.clamp(millis, 1, Integer.MAX_VALUE);
  }

  boolean passed() {
    return remainingNanos() == 0;
  }

  /** The earlier of this and {@code time} from now. */
  Deadline orAfter(Duration time) {
    Deadline other = after(time);
    return other.atNanos - atNanos < 0 ? other : this;
  }
}
