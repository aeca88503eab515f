package dev.tarn.server.status;

import dev.tarn.server.status.MemberFacts.MemberFact;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all members say of themselves, asked when somebody wants to know, a few at a time. What was
 * said is told again for a while, so that many who look cost no more than one. Thread-safe; blocks.
 */
public final class ClusterView {
  private static final Duration KEPT = Duration.ofSeconds(2);
  private static final Duration KEPT_PER_MEMBER = Duration.ofMillis(10);

  private final Neighbours neighbours;
  private final Supplier<NodeWord> own;
  private final Limits limits;
  private final InstantSource clock;
  private final LongSupplier nanoClock;

  // Guarded by this.
  private @Nullable String told;
  private long toldNanos;
  private long keptNanos;

  /** Whom a node can ask. */
  public interface Neighbours {
    /** This node's name. */
    String name();

    /** Its zone; empty where it is in none that is known. */
    String zone();

    /** All members, this node too; empty where it is alone. */
    List<MemberFact> members();

    /** Asks one; {@code then} hears once what became of it, within a bounded time. */
    void ask(String node, Consumer<Word> then);
  }

  /** What became of a question. */
  public sealed interface Word {
    /** It said this. */
    record Said(String json) implements Word {}

    /** It does not know the question. */
    record Older() implements Word {}

    /** It did not answer. */
    record None() implements Word {}
  }

  /**
   * How much is asked.
   *
   * @param atOnce members
   * @param all time for all of them
   */
  public record Limits(int atOnce, Duration all) {
    public static final Limits DEFAULT = new Limits(16, Duration.ofSeconds(5));
  }

  public ClusterView(
      Neighbours neighbours,
      Supplier<NodeWord> own,
      Limits limits,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.neighbours = neighbours;
    this.own = own;
    this.limits = limits;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /** As {@code docs/api.md} describes it. */
  public synchronized String json() throws InterruptedException {
    String known = told;
    if (known == null || nanoClock.getAsLong() - toldNanos >= keptNanos) {
      List<MemberFact> members = members();
      known = ClusterJson.of(neighbours.name(), clock.instant(), ask(members));
      told = known;
      toldNanos = nanoClock.getAsLong();
      keptNanos = Math.max(KEPT.toNanos(), KEPT_PER_MEMBER.toNanos() * members.size());
    }
    return known;
  }

  private List<MemberFact> members() {
    List<MemberFact> members = neighbours.members();
    String self = neighbours.name();
    return members.stream().anyMatch(member -> member.node().equals(self))
        ? members
        : List.of(new MemberFact(self, neighbours.zone(), MemberFacts.State.READY));
  }

  /** A member and its word. */
  record Answer(MemberFact member, Heard heard, Optional<NodeWord> word) {}

  /** Whether there is one. */
  enum Heard {
    ANSWERED,
    OLDER,
    NONE,
    SKIPPED
  }

  private List<Answer> ask(List<MemberFact> members) throws InterruptedException {
    Map<String, Word> words = new ConcurrentHashMap<>();
    Set<String> asked = ConcurrentHashMap.newKeySet();
    Semaphore turns = new Semaphore(limits.atOnce());
    long deadline = System.nanoTime() + limits.all().toNanos();
    String self = neighbours.name();
    for (MemberFact member : members) {
      if (member.node().equals(self)) {
        continue;
      }
      if (!turns.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        break;
      }
      asked.add(member.node());
      neighbours.ask(
          member.node(),
          word -> {
            words.put(member.node(), word);
            turns.release();
          });
    }
    boolean _ =
        turns.tryAcquire(limits.atOnce(), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    return members.stream()
        .map(
            member ->
                member.node().equals(self)
                    ? new Answer(member, Heard.ANSWERED, Optional.of(own.get()))
                    : answer(member, words.get(member.node()), asked.contains(member.node())))
        .toList();
  }

  private static Answer answer(MemberFact member, @Nullable Word word, boolean asked) {
    return switch (word) {
      case null -> new Answer(member, asked ? Heard.NONE : Heard.SKIPPED, Optional.empty());
      case Word.Older _ -> new Answer(member, Heard.OLDER, Optional.empty());
      case Word.None _ -> new Answer(member, Heard.NONE, Optional.empty());
      case Word.Said(String json) -> {
        Optional<NodeWord> read = NodeWord.read(json);
        yield new Answer(member, read.isPresent() ? Heard.ANSWERED : Heard.NONE, read);
      }
    };
  }
}
