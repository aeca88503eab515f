package dev.tarn.server.uninstall;

import dev.tarn.server.uninstall.Hooks.HookPod;
import dev.tarn.server.uninstall.Hooks.HookSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which nodes everything was taken back on. Immutable.
 *
 * @param done their names
 * @param missing the names of the others that are known, with what is the matter there
 * @param further what is known of nodes without names
 */
record Reach(Set<String> done, Map<String, String> missing, Set<String> further) {

  static Reach of(Hooks.State state) {
    Set<String> done = new TreeSet<>();
    Map<String, String> missing = new TreeMap<>();
    Set<String> further = new TreeSet<>();
    for (HookSet set : state.sets()) {
      if (!set.observed()) {
        further.add("DaemonSet " + set.name() + ": nobody has made pods of it");
        continue;
      }
      for (HookPod pod : set.pods()) {
        if (pod.node().isEmpty()) {
          further.add("a pod of DaemonSet " + set.name() + ": " + pod.trouble());
        } else if (!pod.ready()) {
          missing.put(pod.node(), pod.trouble());
        } else if (state.busy().contains(pod.node())) {
          missing.put(pod.node(), "Tarn's own pod has not ended");
        } else {
          done.add(pod.node());
        }
      }
      int without = set.desired() - set.pods().size();
      if (without > 0) {
        further.add("DaemonSet " + set.name() + ": " + without + " pods could not be made");
      }
    }
    done.removeAll(missing.keySet());
    return new Reach(done, missing, further);
  }

  boolean isComplete() {
    return missing.isEmpty() && further.isEmpty();
  }
}
