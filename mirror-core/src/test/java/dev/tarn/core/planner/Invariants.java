package dev.tarn.core.planner;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What must hold after every event, checked from outside: over transports and stores alone. */
final class Invariants {
  private static final long WAKE_WITHIN_NANOS = 2_000 * Cluster.MILLI;

  private final Cluster cluster;

  /** Chunks that more than one node was fetching upstream at the same time. */
  final Set<String> fetchedTwice = new LinkedHashSet<>();

  Invariants(Cluster cluster) {
    this.cluster = cluster;
  }

  void check() {
    noCycles();
    oneLessee();
    everybodyWakes();
  }

  private void noCycles() {
    Map<String, String> sources = new HashMap<>();
    for (Cluster.Transport transport : cluster.transports) {
      if (transport.over || !transport.started || transport.fromUpstream()) {
        continue;
      }
      Stored source = transport.from.stored(transport.key);
      boolean whole =
          source.complete || (transport.chunk >= 0 && source.whole.get(transport.chunk));
      if (!whole) {
        String what = " " + transport.key + " " + transport.chunk;
        sources.put(transport.to.name + what, transport.from.name + what);
      }
    }
    for (String start : sources.keySet()) {
      Set<String> seen = new HashSet<>();
      String at = start;
      while (at != null) {
        if (!seen.add(at)) {
          throw new AssertionError("cycle of sources at " + at + ": " + sources);
        }
        at = sources.get(at);
      }
    }
  }

  private void oneLessee() {
    Map<String, String> fetching = new HashMap<>();
    for (Cluster.Transport transport : cluster.transports) {
      if (!transport.over && transport.fromUpstream()) {
        String what = transport.key + " " + transport.chunk;
        String other = fetching.put(what, transport.to.name);
        if (other != null && !other.equals(transport.to.name)) {
          fetchedTwice.add(what);
        }
      }
    }
  }

  private void everybodyWakes() {
    for (TestNode node : cluster.nodes.values()) {
      if (!node.idle() && !node.paused() && node.wakeAt() > cluster.now + WAKE_WITHIN_NANOS) {
        throw new AssertionError(node.name + " wants something and sleeps until " + node.wakeAt());
      }
    }
  }
}
