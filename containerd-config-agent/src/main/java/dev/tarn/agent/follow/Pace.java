package dev.tarn.agent.follow;

/**
 * How soon something may be done again that somebody else undoes: a few times at once, then after
 * pauses that double up to a limit. After a quiet time of five limits it begins anew.
 */
final class Pace {
  private static final int QUIET_LIMITS = 5;

  private final int burst;
  private final long firstMillis;
  private final long limitMillis;
  private int count;
  private long last;

  Pace(int burst, long firstMillis, long limitMillis) {
    this.burst = burst;
    this.firstMillis = Math.min(firstMillis, limitMillis);
    this.limitMillis = limitMillis;
  }

  /** It was done. Answers how often, of late. */
  int happened(long now) {
    if (now - last > QUIET_LIMITS * limitMillis) {
      count = 0;
    }
    count++;
    last = now;
    return count;
  }

  /** When it may be done again. */
  long next() {
    if (count < burst) {
      return 0;
    }
    // Shifted no further than to an hour's worth, which no limit exceeds.
    long pause = firstMillis << Math.min(count - burst, 22);
    return last + Math.min(limitMillis, pause);
  }

  void reset() {
    count = 0;
  }
}
