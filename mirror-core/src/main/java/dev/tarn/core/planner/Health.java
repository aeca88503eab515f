package dev.tarn.core.planner;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which peers this node leaves alone for a while, by its own experience. The planner's thread. */
final class Health {
  private record Failed(int times, long until) {}

  private final Map<String, Failed> failed = new LinkedHashMap<>();
  private final Set<String> shunned = new LinkedHashSet<>();

  void fail(String member, long now) {
    Failed before = failed.get(member);
    if (before != null && now < before.until) {
      return;
    }
    int times = before == null ? 1 : before.times + 1;
    long backOff =
        Math.min(
            Limits.PEER_BACK_OFF_MAX_NANOS, Limits.PEER_BACK_OFF_NANOS << Math.min(times - 1, 6));
    failed.put(member, new Failed(times, now + backOff));
  }

  void succeed(String member) {
    failed.remove(member);
  }

  /** Never again: it delivered what upstream never sent. */
  void shun(String member) {
    shunned.add(member);
  }

  boolean usable(String member, long now) {
    if (failed.isEmpty() && shunned.isEmpty()) {
      return true;
    }
    if (shunned.contains(member)) {
      return false;
    }
    Failed state = failed.get(member);
    return state == null || now >= state.until;
  }
}
