package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * Who is in the cluster now: publishes a new snapshot whenever its source reports something else
 * than before. Thread-safe; reading never blocks, and neither does a source's failure change
 * anything.
 */
public final class ClusterMembership implements AutoCloseable {
  private final MemberSource source;
  private final LocalNode local;
  private final LongSupplier nanoTime;

  /** Until when whom this node leaves alone; what is over may still be in here. */
  private final Map<String, Long> avoided = new ConcurrentHashMap<>();

  private final List<MembershipListener> listeners = new CopyOnWriteArrayList<>();
  private volatile View view;

  /** A snapshot, and which of it this node is. */
  private record View(Membership membership, String self) {}

  /**
   * Knows nobody until it is started and its source has found somebody.
   *
   * @param nanoTime a clock that only goes on
   */
  public ClusterMembership(MemberSource source, LocalNode local, LongSupplier nanoTime) {
    this.source = source;
    this.local = local;
    this.nanoTime = nanoTime;
    this.view = new View(Membership.of(0, List.of()), local.name());
  }

  /** Tells {@code listener} from now on; to be called before the start by who wants to hear all. */
  public void listen(MembershipListener listener) {
    listeners.add(listener);
  }

  /** Lets the source begin; returns without waiting for it. */
  public void start() {
    source.start(
        new MemberSource.Sink() {
          @Override
          public void found(Collection<Member> members) {
            publish(members);
          }

          @Override
          public void failed(Throwable cause) {
            listeners.forEach(listener -> listener.sourceFailed(cause));
          }
        });
  }

  /** The newest snapshot. */
  public Membership current() {
    return view.membership();
  }

  /** This node's name among the members. */
  public String selfName() {
    return view.self();
  }

  /** This node as the newest snapshot has it; empty while it is not in there. */
  public Optional<Member> self() {
    View now = view;
    return now.membership().find(now.self());
  }

  /** This node's zone: as its source tells it, else as configured, else empty. */
  public String zone() {
    return self().map(Member::zone).filter(zone -> !zone.isEmpty()).orElse(local.zone());
  }

  /** How long ago the source last heard that the snapshot holds. */
  public Duration age() {
    return source.age();
  }

  /** This node found out by itself that a member is better left alone until then. */
  public void avoid(String member, long untilNanos) {
    if (untilNanos - nanoTime.getAsLong() > 0) {
      avoided.put(member, untilNanos);
    } else {
      avoided.remove(member);
    }
  }

  /** What this node thinks of {@code member} now. */
  public MemberState stateOf(Member member) {
    if (!member.ready()) {
      return MemberState.NOT_READY;
    }
    Long until = avoided.get(member.name());
    boolean avoids = until != null && until - nanoTime.getAsLong() > 0;
    return avoids ? MemberState.AVOIDED : MemberState.READY;
  }

  private synchronized void publish(Collection<Member> members) {
    Membership before = view.membership();
    Membership after = Membership.of(before.version() + 1, members);
    if (after.members().equals(before.members())) {
      return;
    }
    List<Member> now = after.members();
    view = new View(after, local.nameAmong(now));
    avoided.keySet().removeIf(node -> after.find(node).isEmpty());
    listeners.forEach(listener -> listener.changed(before, after));
  }

  @Override
  public void close() {
    source.close();
  }
}
