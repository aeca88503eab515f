package dev.tarn.agent.setup;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether containerd is well: its unit is active, and its CRI plugin answers on the socket. (A
 * containerd whose CRI plugin did not load runs on without it, and answers {@code ctr}.)
 */
final class Health {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Unit unit;
  private final BooleanSupplier cri;
  private final LongSupplier nanos;
  private final Pauses pauses;
  private final Duration limit;
  private final Duration settling;

  /** Waits. */
  @FunctionalInterface
  interface Pauses {
    void pause(Duration time) throws InterruptedException;
  }

  /**
   * @param cri whether CRI answers on containerd's socket
   * @param limit how long containerd may take to come back
   * @param settling how long it must then stay, without being started again
   */
  Health(
      Unit unit,
      BooleanSupplier cri,
      LongSupplier nanos,
      Pauses pauses,
      Duration limit,
      Duration settling) {
    this.unit = unit;
    this.cri = cri;
    this.nanos = nanos;
    this.pauses = pauses;
    this.limit = limit;
    this.settling = settling;
  }

  /** What is wrong now, or empty. */
  Optional<String> problem() {
    if (!unit.isActive()) {
      return Optional.of("its unit is not active");
    }
    return cri.getAsBoolean() ? Optional.empty() : Optional.of("CRI does not answer on its socket");
  }

  /** Waits until it is well and stays so. What is wrong in the end, or empty. */
  Optional<String> await() {
    long deadline = nanos.getAsLong() + limit.toNanos();
    try {
      Optional<String> problem = problem();
      while (problem.isPresent()) {
        if (nanos.getAsLong() - deadline >= 0) {
          return Optional.of(problem.get() + " within " + limit.toSeconds() + " s");
        }
        pauses.pause(STEP);
        problem = problem();
      }
      return stays();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private Optional<String> stays() throws InterruptedException {
    String invocation = unit.invocation();
    long deadline = nanos.getAsLong() + settling.toNanos();
    while (nanos.getAsLong() - deadline < 0) {
      pauses.pause(STEP);
      Optional<String> problem = problem();
      if (problem.isPresent()) {
        return Optional.of(problem.get() + " any more, seconds after it came back");
      }
      if (!unit.invocation().equals(invocation)) {
        return Optional.of("it ended and was started again, seconds after it came back");
      }
    }
    return Optional.empty();
  }
}
