package dev.tarn.agent.setup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/**
 * One file of containerd's configuration as text, and what it is with another {@code config_path}.
 * Whatever else it says, comments and spaces too, stays as it is.
 */
final class ConfigText {
  private static final int MAX_ADDED_LINES = 4;

  private final String text;
  private final TomlParseResult toml;
  private final int version;

  private ConfigText(String text, TomlParseResult toml, int version) {
    this.text = text;
    this.toml = toml;
    this.version = version;
  }

  /** Empty where it cannot be parsed. */
  static Optional<ConfigText> parse(String text) {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      return Optional.empty();
    }
    Object version = toml.get("version");
    if (version == null) {
      return Optional.of(new ConfigText(text, toml, 1));
    }
    return version instanceof Long number && number >= 0 && number < 1_000
        ? Optional.of(new ConfigText(text, toml, Math.max(1, number.intValue())))
        : Optional.empty();
  }

  /** 1 where it names none. */
  int version() {
    return version;
  }

  /** What it imports, as it is written; empty where it imports nothing. */
  List<String> imports() {
    List<String> imports = new ArrayList<>();
    if (toml.get("imports") instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof String each) {
          imports.add(each);
        }
      }
    }
    return imports;
  }

  /** The same with other imports; not meant for the place of the original. */
  String withImports(List<String> imports) {
    TomlParseResult copy = Toml.parse(text);
    copy.set(List.of("imports"), imports);
    return copy.toToml();
  }

  boolean hasConfigPath() {
    return toml.contains(configPathOf(version));
  }

  boolean hasPlugin() {
    return toml.isTable(pluginOf(version));
  }

  /**
   * The same with that {@code config_path}. Empty where that cannot be done by changing one line or
   * adding a few.
   */
  Optional<String> withConfigPath(String root) {
    List<String> key = configPathOf(version);
    if (!hasConfigPath()) {
      String appended =
          text
              + (text.isEmpty() || text.endsWith("\n") ? "" : "\n")
              + (text.isEmpty() ? "" : "\n")
              + table(version, root);
      if (says(appended, key, root)) {
        return Optional.of(appended);
      }
    }
    try {
      TomlParseResult copy = Toml.parse(text);
      copy.set(key, root);
      String edited = copy.toToml();
      return says(edited, key, root) && isSmall(edited) ? Optional.of(edited) : Optional.empty();
    } catch (RuntimeException e) {
      return Optional.empty(); // a table that cannot be added to, such as an inline one
    }
  }

  /** Whether it says that, and everything else that this says. */
  private boolean says(String edited, List<String> key, String root) {
    TomlParseResult after = Toml.parse(edited);
    if (after.hasErrors() || !root.equals(after.get(key))) {
      return false;
    }
    TomlParseResult before = Toml.parse(text);
    before.set(key, root);
    return Toml.equals(before, after);
  }

  /** Whether it is one place that differs: one line of the text at most, and few of the other. */
  private boolean isSmall(String edited) {
    List<String> before = text.lines().toList();
    List<String> after = edited.lines().toList();
    int head = 0;
    while (head < Math.min(before.size(), after.size())
        && before.get(head).equals(after.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < Math.min(before.size(), after.size()) - head
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    return before.size() - head - tail <= 1 && after.size() - head - tail <= MAX_ADDED_LINES;
  }

  /** The table that sets it in a file of that version. */
  static String table(int version, String root) {
    String plugin = pluginOf(version).getLast();
    return """
        [plugins.%s.registry]
          config_path = "%s"
        """
        .formatted(plugin.indexOf('.') < 0 ? plugin : "\"" + plugin + "\"", Toml.tomlEscape(root));
  }

  /** A file that says nothing else. */
  static String alone(int version, String root) {
    return """
        # Written by Tarn: containerd-config-agent configure-containerd. To take it back, delete this
        # file and restart containerd.
        %s
        """
            .formatted(version == 1 ? "" : "version = " + version + "\n")
        + table(version, root);
  }

  private static List<String> configPathOf(int version) {
    List<String> path = new ArrayList<>(pluginOf(version));
    path.addAll(List.of("registry", "config_path"));
    return path;
  }

  private static List<String> pluginOf(int version) {
    return List.of(
        "plugins",
        switch (version) {
          case 1 -> "cri";
          case 2 -> "io.containerd.grpc.v1.cri";
          default -> "io.containerd.cri.v1.images";
        });
  }
}
