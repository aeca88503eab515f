package dev.tarn.agent.follow;

import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.Standing;
import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A root in memory, where others write too, and where writing may fail. */
final class FakeEntries implements Entries {
  static final UpstreamHost REGISTRY =
      new UpstreamHost(URI.create("https://registry.example"), Optional.empty());

  private final Map<Target, List<UpstreamHost>> ours = new HashMap<>();
  private final Map<Target, String> untouchable = new HashMap<>();
  private boolean failing;
  private int writes;

  @Override
  public synchronized Standing put(Target target) {
    if (untouchable.containsKey(target)) {
      return new Standing.LeftAlone(untouchable.get(target));
    }
    if (ours.containsKey(target)) {
      return new Standing.Present(ours.get(target));
    }
    if (failing) {
      return new Standing.Failed("read-only");
    }
    writes++;
    ours.put(target, List.of(REGISTRY));
    return look(target);
  }

  @Override
  public synchronized Standing withdraw(Target target) {
    if (!ours.containsKey(target)) {
      return look(target);
    }
    if (failing) {
      return new Standing.Failed("read-only");
    }
    writes++;
    ours.remove(target);
    return new Standing.Absent();
  }

  @Override
  public synchronized Standing look(Target target) {
    if (untouchable.containsKey(target)) {
      return new Standing.LeftAlone(untouchable.get(target));
    }
    return ours.containsKey(target)
        ? new Standing.Present(ours.get(target))
        : new Standing.Absent();
  }

  @Override
  public synchronized Set<Target> standing() {
    Set<Target> standing = new TreeSet<>(Comparator.comparing(Target::toString));
    standing.addAll(ours.keySet());
    return standing;
  }

  /** How often something was changed by us. */
  synchronized int writes() {
    return writes;
  }

  /** Somebody else takes our entry away. */
  synchronized void wipe(Target target) {
    ours.remove(target);
  }

  /** Somebody else restores what once was there. */
  synchronized void restore(Target target) {
    ours.put(target, List.of(REGISTRY));
  }

  synchronized void name(Target target, UpstreamHost... upstreams) {
    ours.replace(target, List.of(upstreams));
  }

  synchronized void spoil(Target target, String why) {
    ours.remove(target);
    untouchable.put(target, why);
  }

  synchronized void mend(Target target) {
    untouchable.remove(target);
  }

  synchronized void fail(boolean now) {
    failing = now;
  }
}
