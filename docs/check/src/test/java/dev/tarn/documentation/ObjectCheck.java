package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Objects of Kubernetes, by their shape: what stands at their top, by kind. */
final class ObjectCheck implements BlockCheck {
  private static final Set<String> ALL = Set.of("apiVersion", "kind", "metadata");
  private static final Map<String, Set<String>> KINDS =
      Map.of(
          "rbac.authorization.k8s.io/v1 ClusterRole", Set.of("rules"),
          "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy", Set.of("spec"),
          "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding", Set.of("spec"));

  @Override
  public List<String> problems(Block block) {
    List<String> problems = new ArrayList<>();
    for (Object document : YamlReader.documents(block.text())) {
      if (!(document instanceof Map<?, ?> object)) {
        problems.add("not an object: " + document);
        continue;
      }
      String kind = object.get("apiVersion") + " " + object.get("kind");
      Set<String> own = KINDS.get(kind);
      if (own == null) {
        problems.add("not a kind that is known here: " + kind);
        continue;
      }
      if (!(object.get("metadata") instanceof Map<?, ?> metadata) || metadata.get("name") == null) {
        problems.add(kind + " has no name");
      }
      for (Object key : object.keySet()) {
        if (!ALL.contains(key) && !own.contains(key)) {
          problems.add(kind + " has no " + key);
        }
      }
      own.stream()
          .filter(key -> !object.containsKey(key))
          .forEach(key -> problems.add(kind + " without " + key));
    }
    return problems;
  }
}
