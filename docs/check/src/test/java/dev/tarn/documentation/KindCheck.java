package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A cluster as kind is told of it, with the TOML that is in it. */
final class KindCheck implements BlockCheck {
  private static final Set<String> KEYS =
      Set.of("kind", "apiVersion", "nodes", "containerdConfigPatches");

  private final BlockCheck containerd;

  KindCheck(BlockCheck containerd) {
    this.containerd = containerd;
  }

  @Override
  public List<String> problems(Block block) throws Exception {
    Map<?, ?> cluster = YamlReader.mapping(block.text());
    List<String> problems = new ArrayList<>();
    if (!"Cluster".equals(cluster.get("kind"))
        || !"kind.x-k8s.io/v1alpha4".equals(cluster.get("apiVersion"))) {
      problems.add("not kind.x-k8s.io/v1alpha4 Cluster");
    }
    cluster.keySet().stream()
        .filter(key -> !KEYS.contains(key))
        .forEach(key -> problems.add("no key of kind's: " + key));
    if (cluster.get("containerdConfigPatches") instanceof List<?> patches) {
      for (Object patch : patches) {
        Block toml = new Block(block.page(), block.line(), "toml containerd", patch.toString());
        problems.addAll(containerd.problems(toml));
      }
    }
    return problems;
  }
}
