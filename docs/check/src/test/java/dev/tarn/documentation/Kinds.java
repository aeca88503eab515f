package dev.tarn.documentation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The kinds that blocks may have, and what holds each. */
final class Kinds {
  /** One block of it may have a name of its own behind it, as {@code json status}. */
  private static final String NAMED = "json";

  private final Map<String, BlockCheck> checks;

  private Kinds(Map<String, BlockCheck> checks) {
    this.checks = checks;
  }

  static Kinds of(Path root) throws IOException {
    ChartValues values = ChartValues.of(root);
    Map<String, BlockCheck> checks = new TreeMap<>();
    checks.put("console", new ConsoleCheck(CallCheck.of(root)));
    checks.put("text", new TextCheck());
    // Tarn's configuration: mirror-server's ConfigurationDocumentationTest loads it.
    checks.put("yaml", block -> noProblems(YamlReader.mapping(block.text())));
    checks.put("yaml values", block -> values.problems(YamlReader.mapping(block.text())));
    checks.put("yaml kubernetes", new ObjectCheck());
    checks.put("yaml kind", new KindCheck(TomlCheck.CONTAINERD));
    // The agent's configuration: its DocumentationTest loads it.
    checks.put("toml agent", TomlCheck.ANY);
    checks.put("toml hosts", TomlCheck.HOSTS);
    checks.put("toml containerd", TomlCheck.CONTAINERD);
    checks.put("toml registries", TomlCheck.REGISTRIES);
    checks.put("ini systemd", new UnitCheck());
    checks.put(NAMED, new JsonCheck());
    checks.put("promql", new QueryCheck(MetricNames.of(root)));
    return new Kinds(checks);
  }

  private static List<String> noProblems(Map<?, ?> mapping) {
    return mapping.isEmpty() ? List.of("nothing in it") : List.of();
  }

  Set<String> names() {
    return checks.keySet();
  }

  static String first(String kind) {
    return kind.startsWith(NAMED + " ") ? NAMED : kind;
  }

  List<String> problems(Block block) throws Exception {
    BlockCheck check = checks.get(first(block.kind()));
    if (check == null) {
      return List.of("a block of no kind that is held: '" + block.kind() + "'");
    }
    try {
      return check.problems(block);
    } catch (RuntimeException | IOException refused) {
      return List.of(String.valueOf(refused.getMessage()));
    }
  }
}
