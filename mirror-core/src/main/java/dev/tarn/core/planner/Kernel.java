package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Placement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What all parts of a planner share: the time of this turn, the actions it gives rise to, timers,
 * randomness, questions under way, the health of peers. The planner's thread.
 *
 * <p>A question to this very node never leaves it: it is delivered later in the same turn.
 */
final class Kernel {
  private record Segment(Digest digest, int number) {}

  private record Outstanding(String member, Consumer<Answer> then) {}

  /** Answers questions of this node to itself; their tokens are below zero. */
  interface Desk {
    void asked(long token, String from, Question question);
  }

  private final String self;
  private final RandomGenerator random;
  private final Timers timers = new Timers();
  private final Health health = new Health();
  private final Map<Long, Outstanding> asks = new LinkedHashMap<>();
  private final ArrayDeque<Runnable> mail = new ArrayDeque<>();
  private final Map<Segment, List<Member>> ranked =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Segment, List<Member>> eldest) {
          return size() > Limits.RANKED;
        }
      };
  private final Desk desk;
  private List<Action> actions = new ArrayList<>();
  private Placement placement;
  private long now;
  private long lastId;

  Kernel(String self, Placement placement, RandomGenerator random, Desk desk) {
    this.self = self;
    this.placement = placement;
    this.random = random;
    this.desk = desk;
  }

  String self() {
    return self;
  }

  long now() {
    return now;
  }

  void setNow(long time) {
    now = Math.max(now, time);
  }

  Placement placement() {
    return placement;
  }

  void setPlacement(Placement changed) {
    ranked.clear();
    placement = changed;
    health.keepOnly(changed.membership()::contains);
  }

  RandomGenerator random() {
    return random;
  }

  long newId() {
    return ++lastId;
  }

  void emit(Action action) {
    actions.add(action);
  }

  List<Action> takeActions() {
    List<Action> taken = actions;
    actions = new ArrayList<>();
    return taken;
  }

  void after(long nanos, Runnable task) {
    timers.at(now + nanos, task);
  }

  /** Runs {@code task} at the end of this turn. */
  void post(Runnable task) {
    mail.add(task);
  }

  long nextTimer() {
    return timers.next();
  }

  /** Runs everything that is due, and what that gives rise to within the node. */
  void settle() {
    do {
      for (Runnable task = mail.poll(); task != null; task = mail.poll()) {
        task.run();
      }
    } while (timers.runNext(now) || !mail.isEmpty());
  }

  boolean usable(String member) {
    return member.equals(self)
        || (health.usable(member, now) && placement.membership().contains(member));
  }

  /** The member of that name, which {@link #usable} said is one. */
  Member member(String name) {
    return placement.membership().find(name).orElseGet(() -> new Member(name, "", "", false));
  }

  /** The zone of a member; empty where it is not known. */
  String zoneOf(String member) {
    return placement.membership().find(member).map(Member::zone).orElse("");
  }

  /** The best ranked for a segment of those that seem alive; this node where nobody is. */
  String home(BlobKey key, int segment) {
    for (Member member : ranked(key, segment)) {
      if (usable(member.name())) {
        return member.name();
      }
    }
    return self;
  }

  /** The best ranked for a segment, remembered: it is one pass over all members. */
  List<Member> ranked(BlobKey key, int segment) {
    return ranked.computeIfAbsent(
        new Segment(key.digest(), segment),
        s -> placement.ranked(key.digest(), segment, Limits.RANKS));
  }

  void ask(String member, Question question, long timeoutNanos, Consumer<Answer> then) {
    long id = newId();
    asks.put(id, new Outstanding(member, then));
    if (member.equals(self)) {
      post(() -> desk.asked(-id, self, question));
      return;
    }
    Optional<Member> found = placement.membership().find(member);
    if (found.isEmpty()) {
      post(() -> unanswered(id));
      return;
    }
    emit(new Action.Ask(id, found.get(), question));
    after(timeoutNanos, () -> unanswered(id));
  }

  void answered(long id, Answer answer) {
    Outstanding outstanding = asks.remove(id);
    if (outstanding != null) {
      succeeded(outstanding.member);
      outstanding.then.accept(answer);
    }
  }

  void unanswered(long id) {
    Outstanding outstanding = asks.remove(id);
    if (outstanding != null) {
      failed(outstanding.member);
      outstanding.then.accept(new Answer.Silence());
    }
  }

  /** A member did not answer, or could not be reached. */
  void failed(String member) {
    emit(new Action.Avoid(member, health.fail(member, now)));
  }

  /** A member answered, or is there for certain. */
  void succeeded(String member) {
    if (health.succeed(member)) {
      emit(new Action.Avoid(member, now));
    }
  }

  /** A member asks something. */
  void heard(String member) {
    if (health.hear(member, now)) {
      emit(new Action.Avoid(member, now));
    }
  }

  /** A member did what none does by mistake: it is never asked again. */
  void shun(String member) {
    health.shun(member);
    emit(new Action.Avoid(member, now + Long.MAX_VALUE / 2));
  }

  void reply(long token, Answer answer) {
    if (token < 0) {
      post(() -> answered(-token, answer));
    } else {
      emit(new Action.Reply(token, answer));
    }
  }

  /** Up to {@code limit} of these, at random. */
  <T> List<T> sample(List<T> from, int limit) {
    List<T> rest = new ArrayList<>(from);
    int count = Math.min(limit, rest.size());
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i, rest.size());
      T chosen = rest.get(other);
      rest.set(other, rest.get(i));
      rest.set(i, chosen);
    }
    return List.copyOf(rest.subList(0, count));
  }
}
