package dev.tarn.server.membership;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which peers this node avoids because they failed it, whatever the membership says of them.
 * Thread-safe, never blocks, so event loops ask it for every request.
 *
 * <pre>
 *             fault                 permitted, the wait being over
 * trusted ────────────▶ avoided ───────────────────────────────────▶ tried ◀─┐ permitted, nothing
 *    ▲                     ▲                                         │ │ └───┘ heard for 5 s
 *    │                     └──────── fault, the wait doubles ────────┘ │
 *    └─────────────────── success, half of the faults forgotten ───────┘
 * </pre>
 *
 * A fault counts from the moment it is reported. What else was under way to that peer and ends
 * while it is avoided, well or badly, says nothing new.
 */
public final class Suspicion {
  static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** How long one request that tries a peer keeps others from trying it as well. */
  static final Duration TRIAL = Duration.ofSeconds(5);

  /** After so long without a fault, earlier ones no longer count. */
  static final Duration MEMORY = Duration.ofMinutes(5);

  private final LongSupplier nanoTime;
  private final Retries waits;

  /** Has no entry for whom nothing is held against. */
  private final ConcurrentHashMap<String, Standing> standings = new ConcurrentHashMap<>();

  /** What is held against one peer: how many faults in a row, and when the latest was reported. */
  private sealed interface Standing {
    int faults();

    long faultNanos();

    /** It serves again. */
    record Trusted(int faults, long faultNanos) implements Standing {}

    /** Nobody asks it before {@code untilNanos}. */
    record Avoided(int faults, long faultNanos, long untilNanos) implements Standing {}

    /** One request is with it; where nothing is heard until {@code untilNanos}, another may go. */
    record Tried(int faults, long faultNanos, long untilNanos) implements Standing {}
  }

  /**
   * Nobody is suspected yet.
   *
   * @param nanoTime a clock that only goes on
   * @param random used by many threads at once
   */
  public Suspicion(LongSupplier nanoTime, RandomGenerator random) {
    this.nanoTime = nanoTime;
    this.waits = new Retries(FIRST_WAIT, LONGEST_WAIT, random);
  }

  /** {@code node} refused, broke off, stalled or sent nonsense: avoid it from now on. */
  public void failed(String node) {
    long now = nanoTime.getAsLong();
    standings.compute(
        node,
        (_, before) ->
            switch (before) {
              case Standing.Avoided avoided when !isOver(avoided.untilNanos(), now) -> avoided;
              case null -> worse(null, now);
              case Standing.Avoided avoided -> worse(avoided, now);
              case Standing.Trusted trusted -> worse(trusted, now);
              case Standing.Tried tried -> worse(tried, now);
            });
  }

  /** {@code node} served this node. */
  public void succeeded(String node) {
    // The usual case first: nothing to write, so that threads do not meet on one lock.
    if (!standings.containsKey(node)) {
      return;
    }
    long now = nanoTime.getAsLong();
    standings.computeIfPresent(
        node,
        (_, before) ->
            switch (before) {
              case Standing.Trusted trusted -> isForgotten(trusted, now) ? null : trusted;
              case Standing.Avoided avoided ->
                  isOver(avoided.untilNanos(), now) ? better(avoided) : avoided;
              case Standing.Tried tried -> better(tried);
            });
  }

  /** Whether {@code node} is avoided now; while it is tried, it still is. */
  public boolean avoids(String node) {
    return switch (standings.get(node)) {
      case null -> false;
      case Standing.Trusted _ -> false;
      case Standing.Avoided avoided -> !isOver(avoided.untilNanos(), nanoTime.getAsLong());
      case Standing.Tried tried -> !isOver(tried.untilNanos(), nanoTime.getAsLong());
    };
  }

  /**
   * Whether a request may go to {@code node} now. Once its wait is over, one is told so and tries
   * it, and is to report how that ended; others are told to avoid it meanwhile.
   */
  public boolean permits(String node) {
    Standing standing = standings.get(node);
    return switch (standing) {
      case null -> true;
      case Standing.Trusted _ -> true;
      case Standing.Avoided avoided -> tries(node, avoided, avoided.untilNanos());
      case Standing.Tried tried -> tries(node, tried, tried.untilNanos());
    };
  }

  /** Forgets every peer but those that {@code member} accepts, so that memory stays bounded. */
  public void keepOnly(Predicate<String> member) {
    standings.keySet().removeIf(member.negate());
  }

  private boolean tries(String node, Standing standing, long untilNanos) {
    long now = nanoTime.getAsLong();
    return isOver(untilNanos, now)
        && standings.replace(
            node,
            standing,
            new Standing.Tried(standing.faults(), standing.faultNanos(), now + TRIAL.toNanos()));
  }

  private Standing worse(@Nullable Standing before, long now) {
    int faults = before == null || isForgotten(before, now) ? 1 : before.faults() + 1;
    return new Standing.Avoided(faults, now, now + waits.after(faults).toNanos());
  }

  private static @Nullable Standing better(Standing before) {
    int faults = before.faults() / 2;
    return faults == 0 ? null : new Standing.Trusted(faults, before.faultNanos());
  }

  private static boolean isForgotten(Standing standing, long now) {
    return now - standing.faultNanos() >= MEMORY.toNanos();
  }

  private static boolean isOver(long untilNanos, long now) {
    return now - untilNanos >= 0;
  }
}
