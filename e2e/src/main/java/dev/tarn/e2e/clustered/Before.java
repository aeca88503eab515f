package dev.tarn.e2e.clustered;

import dev.tarn.e2e.agent.Snapshot;
import dev.tarn.e2e.kube.Inventory;
import dev.tarn.e2e.laptop.KubeCluster;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a cluster and its nodes were before Tarn came. Immutable. */
final class Before {
  private static final String CACHE = "var/lib/tarn";
  private static final List<String> DIRECTORIES =
      List.of("etc/containerd", "etc/cni", "run/tarn", CACHE);

  private final Inventory inventory;
  private final Set<String> objects;
  private final Map<String, Snapshot> directories = new HashMap<>();

  private Before(Inventory inventory) {
    this.inventory = inventory;
    this.objects = inventory.now();
  }

  static Before of(KubeCluster cluster) {
    Before before = new Before(Inventory.of(cluster.api()));
    if (cluster instanceof LaptopCluster laptop) {
      for (Machine machine : laptop.machines()) {
        before.directories.put(machine.name(), directories(machine));
      }
    }
    return before;
  }

  private static Snapshot directories(Machine machine) {
    return Snapshot.of(machine.path("/"), DIRECTORIES);
  }

  /** What is otherwise on a node now, a line each. */
  List<String> differences(Machine machine) {
    Snapshot before = directories.get(machine.name());
    return before == null ? List.of() : before.differences(directories(machine));
  }

  /** The same, but for the cache. */
  List<String> differencesBesidesCache(Machine machine) {
    List<String> found = new ArrayList<>(differences(machine));
    found.removeIf(line -> line.startsWith(CACHE));
    return found;
  }

  /**
   * The objects of the release's that are there now and were not, as {@code Kind namespace/name}.
   */
  Set<String> added() {
    Set<String> added = new TreeSet<>(inventory.now());
    added.removeAll(objects);
    added.removeIf(
        object -> !object.contains(" " + ClusterBench.NAMESPACE + "/") && !isNamed(object));
    // What every namespace has, and the namespace, which nobody was asked to delete.
    added.removeIf(
        object ->
            object.endsWith("/default")
                || object.endsWith("/kube-root-ca.crt")
                || object.equals("Namespace /" + ClusterBench.NAMESPACE));
    return added;
  }

  private static boolean isNamed(String object) {
    return object.substring(object.indexOf('/') + 1).startsWith("tarn");
  }
}
