package dev.tarn.core.planner;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which peers this node leaves alone for a while, by its own experience. The planner's thread. */
final class Health {
  /** How often in a row, when last, and until when nobody asks it. */
  private record Failed(int times, long at, long until) {}

  private final Map<String, Failed> failed = new LinkedHashMap<>();
  private final Set<String> shunned = new LinkedHashSet<>();

  /** It did not answer; gives until when it is left alone for that. */
  long fail(String member, long now) {
    Failed before = failed.get(member);
    if (before != null && now < before.until) {
      return before.until;
    }
    int times = before == null ? 1 : before.times + 1;
    long backOff =
        Math.min(
            Limits.PEER_BACK_OFF_MAX_NANOS, Limits.PEER_BACK_OFF_NANOS << Math.min(times - 1, 6));
    failed.put(member, new Failed(times, now, now + backOff));
    return now + backOff;
  }

  /** It answered; gives whether anything was held against it. */
  boolean succeed(String member) {
    return !failed.isEmpty() && failed.remove(member) != null;
  }

  /**
   * It asks something itself, so it is there again: a long wait ends, the shortest does not, and
   * neither is forgotten. Who asks but never answers is so tried once a second at most.
   *
   * @return whether that ended a wait
   */
  boolean hear(String member, long now) {
    Failed before = failed.isEmpty() ? null : failed.get(member);
    if (before == null || now >= before.until || now < before.at + Limits.PEER_BACK_OFF_NANOS) {
      return false;
    }
    failed.put(member, new Failed(before.times, before.at, now));
    return true;
  }

  /** Never again: it delivered what upstream never sent. */
  void shun(String member) {
    shunned.add(member);
  }

  /** Forgets whom nobody lists any more; a name that comes back is another process. */
  void keepOnly(Predicate<String> member) {
    failed.keySet().removeIf(member.negate());
  }

  boolean usable(String member, long now) {
    Failed state = failed.isEmpty() ? null : failed.get(member);
    return (state == null || now >= state.until)
        && (shunned.isEmpty() || !shunned.contains(member));
  }
}
