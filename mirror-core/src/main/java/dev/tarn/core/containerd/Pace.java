package dev.tarn.core.containerd;

import java.time.Duration;

/**
 * How long to rest after work, so that the inventory takes no more than a fiftieth of one
 * processor. Stateless.
 *
 * <p>Time that work waits for the disk, or for a processor that others use, counts as work: a node
 * that is busy is left alone the more.
 */
final class Pace {
  private static final long SHARE = 50;

  /** After so long a step ends, if what it does can be left there. */
  static final Duration STEP = Duration.ofMillis(5);

  /** Changes that come within it are looked at together. */
  static final Duration SHORTEST = Duration.ofMillis(100);

  /** A piece that took so long that more rest would not help: the node is in trouble. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  private Pace() {}

  static long restNanos(long workedNanos) {
    long rest = Math.min(Math.max(0, workedNanos), LONGEST.toNanos()) * (SHARE - 1);
    return Math.clamp(rest, SHORTEST.toNanos(), LONGEST.toNanos());
  }
}
