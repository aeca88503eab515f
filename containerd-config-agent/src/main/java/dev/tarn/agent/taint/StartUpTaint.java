package dev.tarn.agent.taint;

import dev.tarn.agent.taint.OwnNode.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Removes the taint when it is told that the mirror is effective, or when the time for that is
 * over: a node without a mirror is better than no node. Blocks, for a thread of its own.
 *
 * <p>Which of the node's taints it is need not be known: each index is tried with a patch that
 * tests key and effect there before it removes. The API server applies a patch to the node as it is
 * at that instant, whole or not at all, so no other taint can be hit, whatever others do to the
 * list meanwhile.
 */
public final class StartUpTaint {
  public static final Duration DEFAULT_LIMIT = Duration.ofMinutes(2);

  private static final int MAX_TAINTS = 32;
  private static final int MAX_ATTEMPTS = 60;
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
  private static final Duration MAX_BACK_OFF = Duration.ofSeconds(30);

  private final OwnNode node;
  private final Taint taint;
  private final Duration limit;
  private final Waiting waiting;
  private final RandomGenerator random;

  /** Lets time pass. */
  public interface Waiting {
    /** Waits until the mirror is effective, or so long. */
    void untilEffective(Duration limit) throws InterruptedException;

    /** Waits so long. */
    void pause(Duration time) throws InterruptedException;
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** It was there, and is no more. */
    record Removed() implements Outcome {}

    /** It was not there. */
    record Absent() implements Outcome {}

    /** It may still be there. {@code why} is for a person. */
    record GivenUp(String why) implements Outcome {}
  }

  /**
   * @param limit after which it is removed regardless
   */
  public StartUpTaint(
      OwnNode node, Taint taint, Duration limit, Waiting waiting, RandomGenerator random) {
    this.node = node;
    this.taint = taint;
    this.limit = limit;
    this.waiting = waiting;
    this.random = random;
  }

  /** Waits, then removes it; tries for a quarter of an hour and more where that fails. */
  public Outcome remove() throws InterruptedException {
    waiting.untilEffective(limit);
    try (node) {
      return removeNow();
    }
  }

  private Outcome removeNow() throws InterruptedException {
    String why = "";
    Duration backOff = FIRST_BACK_OFF;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) {
        waiting.pause(jittered(backOff));
        backOff = doubled(backOff);
      }
      switch (node.look(taint)) {
        case Answer.No _ -> {
          return new Outcome.Absent();
        }
        case Answer.Failed failed -> why = failed.why();
        case Answer.Yes _ -> {
          Optional<String> problem = tryEach();
          if (problem.isEmpty()) {
            return new Outcome.Removed();
          }
          why = problem.get();
        }
      }
    }
    return new Outcome.GivenUp(why);
  }

  /** Why it could not be removed, or empty. */
  private Optional<String> tryEach() {
    for (int index = 0; index < MAX_TAINTS; index++) {
      switch (node.removeAt(index, taint)) {
        case Answer.Yes _ -> {
          return Optional.empty();
        }
        case Answer.No _ -> {
          // another one, or none, is there
        }
        case Answer.Failed failed -> {
          return Optional.of(failed.why());
        }
      }
    }
    return Optional.of("the node has the key " + taint.key() + ", but no taint " + taint);
  }

  /** Between half of it and all of it, so that nodes that start together do not ask together. */
  private Duration jittered(Duration backOff) {
    long half = backOff.toMillis() / 2;
    return Duration.ofMillis(half + random.nextLong(half + 1));
  }

  private static Duration doubled(Duration backOff) {
    Duration next = backOff.multipliedBy(2);
    return next.compareTo(MAX_BACK_OFF) > 0 ? MAX_BACK_OFF : next;
  }
}
