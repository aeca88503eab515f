package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** TOML that parses, and has no key but those that its readers know. */
final class TomlCheck implements BlockCheck {
  /** containerd's hosts.toml, in the words that the documentation tells to use. */
  static final TomlCheck HOSTS =
      new TomlCheck(Set.of("server", "host.URL.capabilities", "host.URL.ca"));

  /** containerd's own configuration, as far as it has to be changed. */
  static final TomlCheck CONTAINERD =
      new TomlCheck(
          Set.of(
              "version",
              "plugins.io.containerd.grpc.v1.cri.registry.config_path",
              "plugins.io.containerd.cri.v1.images.registry.config_path"));

  /** containers-registries.conf(5). */
  static final TomlCheck REGISTRIES =
      new TomlCheck(
          Set.of("registry.location", "registry.mirror.location", "registry.mirror.insecure"));

  /** Whatever parses; its keys are held against their reader elsewhere. */
  static final TomlCheck ANY = new TomlCheck(Set.of());

  private static final Pattern URL = Pattern.compile("https?://[^/]*[^.]*");

  private final Set<String> keys;

  private TomlCheck(Set<String> keys) {
    this.keys = keys;
  }

  @Override
  public List<String> problems(Block block) {
    TomlParseResult toml = Toml.parse(block.text());
    List<String> problems = new ArrayList<>();
    toml.errors().forEach(error -> problems.add(error.toString()));
    if (problems.isEmpty() && !keys.isEmpty()) {
      collect("", toml.toMap(), problems);
    }
    return problems;
  }

  private void collect(String path, Object value, List<String> problems) {
    switch (value) {
      case TomlTable table -> collect(path, table.toMap(), problems);
      case Map<?, ?> map ->
          map.forEach(
              (key, inner) -> {
                String name = URL.matcher(key.toString()).matches() ? "URL" : key.toString();
                collect(path.isEmpty() ? name : path + "." + name, inner, problems);
              });
      case TomlArray array when !array.isEmpty() && array.get(0) instanceof TomlTable ->
          array.toList().forEach(table -> collect(path, table, problems));
      default -> {
        if (!keys.contains(path)) {
          problems.add("no such key: " + path);
        }
      }
    }
  }
}
