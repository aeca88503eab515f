package dev.tarn.server.status;

import dev.tarn.server.status.RegistryFacts.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what became of the last requests to each registry. Thread-safe, never blocks for longer
 * than a few assignments.
 *
 * <pre>
 *   quiet ──answered──▶ well ◀──answered── failing
 *                        │ ▲                  ▲
 *                  429   ▼ │ 5 minutes        │ failed
 *                      limited                from any
 * </pre>
 */
public final class RegistryWatch {
  /** For how long a 429 makes a registry a limited one. */
  static final Duration LIMITED_FOR = Duration.ofMinutes(5);

  /** What was longer ago says nothing about now. */
  static final Duration REMEMBERED = Duration.ofHours(1);

  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  private final InstantSource clock;
  private final Map<String, Word> words = new TreeMap<>();

  /** What is known of one. Guarded by itself. */
  private static final class Word {
    @Nullable Instant answered;
    int status;
    @Nullable Instant failingSince;
    @Nullable Instant failed;
    @Nullable String failure;
    @Nullable Instant limited;
    @Nullable Instant quotaTold;
    long remaining;
  }

  /** Watches these registries, and no other. */
  public RegistryWatch(InstantSource clock, Collection<String> registries) {
    this.clock = clock;
    registries.forEach(registry -> words.put(registry, new Word()));
  }

  /** One of the registry's upstreams answered. */
  public void answered(String registry, int status) {
    Word word = words.get(registry);
    if (word == null) {
      return;
    }
    Instant now = clock.instant();
    synchronized (word) {
      word.answered = now;
      word.status = status;
      if (status >= SERVER_ERROR) {
        fail(word, now, Integer.toString(status));
        return;
      }
      word.failingSince = null;
      word.failure = null;
      if (status == TOO_MANY) {
        word.limited = now;
      }
    }
  }

  /** One of its upstreams gave no answer. */
  public void failed(String registry, String why) {
    Word word = words.get(registry);
    if (word != null) {
      synchronized (word) {
        fail(word, clock.instant(), why);
      }
    }
  }

  private static void fail(Word word, Instant now, String why) {
    if (word.failingSince == null) {
      word.failingSince = now;
    }
    word.failed = now;
    word.failure = why;
  }

  /** It said how many more requests it has. */
  public void quota(String registry, long remaining) {
    Word word = words.get(registry);
    if (word != null) {
      synchronized (word) {
        word.remaining = remaining;
        word.quotaTold = clock.instant();
      }
    }
  }

  /** How all of them fare, by name. */
  public List<RegistryFacts> now() {
    Instant now = clock.instant();
    return words.entrySet().stream()
        .map(word -> facts(word.getKey(), word.getValue(), now))
        .toList();
  }

  private static RegistryFacts facts(String name, Word word, Instant now) {
    synchronized (word) {
      return new RegistryFacts(
          name,
          state(word, now),
          Optional.ofNullable(word.answered),
          word.answered == null ? OptionalInt.empty() : OptionalInt.of(word.status),
          Optional.ofNullable(word.failingSince),
          Optional.ofNullable(word.failure),
          word.quotaTold == null ? OptionalLong.empty() : OptionalLong.of(word.remaining));
    }
  }

  private static State state(Word word, Instant now) {
    if (word.failingSince != null && isWithin(word.failed, now, REMEMBERED)) {
      return State.FAILING;
    }
    if (isWithin(word.limited, now, LIMITED_FOR)
        || (word.remaining <= 0 && isWithin(word.quotaTold, now, REMEMBERED))) {
      return State.LIMITED;
    }
    return isWithin(word.answered, now, REMEMBERED) ? State.WELL : State.QUIET;
  }

  private static boolean isWithin(@Nullable Instant when, Instant now, Duration time) {
    return when != null && when.plus(time).isAfter(now);
  }
}
