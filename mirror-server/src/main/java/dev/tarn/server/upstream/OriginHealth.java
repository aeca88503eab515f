package dev.tarn.server.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * Whether an origin that others stand behind is worth asking. Thread-safe, never blocks.
 *
 * <pre>
 *   Well ──failed──▶ Resting ──time is over, one asker──▶ Tried
 *    ▲                  ▲ ▲                                 │
 *    │                  │ └──── failed: rests longer ───────┤
 *    │                  └────── said nothing about it ──────┤
 *    └───────────────────────── answered ───────────────────┘
 * </pre>
 */
final class OriginHealth {
  static final Duration FIRST_REST = Duration.ofSeconds(1);
  static final Duration LONGEST_REST = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 10;

  private sealed interface State {
    record Well() implements State {}

    /** It is left alone. */
    record Resting(int failures, Instant until) implements State {}

    /** One request finds out whether it is back; all others go on without it. */
    record Tried(int failures) implements State {}
  }

  /** What became of a request to it. */
  enum Result {
    /** It spoke, whatever it said. */
    ANSWERED,

    /** It was not reached, took too long, broke off or is in trouble (5xx). */
    FAILED,

    /** Nothing that tells how it is. */
    UNCLEAR
  }

  private final InstantSource clock;
  private final RandomGenerator random;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Well());

  OriginHealth(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** Whether to ask it now; whoever is told so says what became of it, by {@link #ended}. */
  boolean admits() {
    State now = state.get();
    return switch (now) {
      case State.Well _ -> true;
      case State.Resting resting -> isOver(resting) && tryIt(resting);
      case State.Tried _ -> false;
    };
  }

  /** The same where nobody else could answer, so that its rest is no reason to leave it alone. */
  boolean admitsAsLastResort() {
    State now = state.get();
    return switch (now) {
      case State.Well _ -> true;
      case State.Resting resting -> tryIt(resting);
      case State.Tried _ -> false;
    };
  }

  private boolean tryIt(State.Resting resting) {
    return state.compareAndSet(resting, new State.Tried(resting.failures()));
  }

  /** A rest that a clock which was set back has made too long is over as well. */
  private boolean isOver(State.Resting resting) {
    Duration left = Duration.between(clock.instant(), resting.until());
    return !left.isPositive() || left.compareTo(LONGEST_REST) > 0;
  }

  /**
   * What became of a request that was admitted.
   *
   * @return for how long it is left alone from now on; zero where it is not, or was already
   */
  Duration ended(Result result) {
    while (true) {
      State before = state.get();
      State after = after(before, result);
      if (after.equals(before)) {
        return Duration.ZERO;
      }
      if (state.compareAndSet(before, after)) {
        return result == Result.FAILED && after instanceof State.Resting resting
            ? Duration.between(clock.instant(), resting.until())
            : Duration.ZERO;
      }
    }
  }

  private State after(State before, Result result) {
    return switch (result) {
      case ANSWERED -> new State.Well();
      case FAILED ->
          switch (before) {
            case State.Well _ -> rest(1);
            case State.Tried(int failures) -> rest(failures + 1);
            // One outage, which others noticed as well.
            case State.Resting resting -> resting;
          };
      case UNCLEAR ->
          before instanceof State.Tried(int failures)
              ? new State.Resting(failures, clock.instant())
              : before;
    };
  }

  private State rest(int failures) {
    long doubled = FIRST_REST.toNanos() << Math.min(failures - 1, MAX_DOUBLINGS);
    long ceiling = Math.min(doubled, LONGEST_REST.toNanos());
    long nanos = ceiling / 2 + random.nextLong(ceiling / 2 + 1);
    return new State.Resting(failures, clock.instant().plusNanos(nanos));
  }
}
