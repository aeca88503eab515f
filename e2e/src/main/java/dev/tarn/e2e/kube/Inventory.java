package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every object that an API server has, of every kind; but for those that come and go by themselves.
 */
public final class Inventory {
  private static final Set<String> PASSING = Set.of("events", "leases", "componentstatuses");

  private final KubeApi api;
  private final List<Kind> kinds = new ArrayList<>();

  private record Kind(String path, String name) {}

  private Inventory(KubeApi api) {
    this.api = api;
  }

  /** Asks what kinds there are. */
  public static Inventory of(KubeApi api) {
    Inventory inventory = new Inventory(api);
    inventory.addKinds("/api/v1");
    for (JsonNode group : Trees.list(api.get("/apis"), "groups")) {
      inventory.addKinds("/apis/" + Trees.text(group, "preferredVersion.groupVersion"));
    }
    return inventory;
  }

  private void addKinds(String version) {
    for (JsonNode resource : Trees.list(api.get(version), "resources")) {
      String plural = Trees.text(resource, "name");
      boolean listed =
          Trees.list(resource, "verbs").stream().anyMatch(verb -> verb.asText().equals("list"));
      if (listed && !PASSING.contains(plural)) {
        kinds.add(new Kind(version + "/" + plural, Trees.text(resource, "kind")));
      }
    }
  }

  /** What is there now, as {@code Kind namespace/name}. */
  public Set<String> now() {
    Set<String> objects = new TreeSet<>();
    for (Kind kind : kinds) {
      for (JsonNode object : api.list(kind.path())) {
        objects.add(
            kind.name()
                + " "
                + Trees.text(object, "metadata.namespace")
                + "/"
                + Trees.text(object, "metadata.name"));
      }
    }
    return objects;
  }
}
