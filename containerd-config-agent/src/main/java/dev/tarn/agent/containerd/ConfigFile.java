package dev.tarn.agent.containerd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * One file of containerd's configuration, before it is merged with others.
 *
 * @param path as the host names it
 * @param version what its {@code version} says; 0 where it says nothing
 * @param imports as they are written
 * @param disabledPlugins as they are written
 * @param address the socket that it listens at; empty where it does not say
 * @param plugins the table of that name: plain maps, lists and values
 */
record ConfigFile(
    String path,
    int version,
    List<String> imports,
    List<String> disabledPlugins,
    String address,
    Map<String, Object> plugins) {
  private static final String SERVER = "io.containerd.server.v1.grpc";

  /** What became of a text. */
  sealed interface Parsed {
    record Valid(ConfigFile file) implements Parsed {}

    /** containerd would refuse it too; {@code why} says what and where. */
    record Invalid(String why) implements Parsed {}
  }

  static Parsed parse(String path, String text) {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      TomlParseError error = toml.errors().getFirst();
      return new Parsed.Invalid(
          "line "
              + error.position().line()
              + ", column "
              + error.position().column()
              + ": "
              + error.getMessage());
    }
    Map<String, Object> root = plain(toml);
    Object version = root.getOrDefault("version", 0L);
    if (!(version instanceof Long number) || number < 0 || number > 1_000) {
      return new Parsed.Invalid("`version` is not a number that containerd knows");
    }
    List<String> imports = strings(root.get("imports"));
    List<String> disabled = strings(root.get("disabled_plugins"));
    if (imports == null || disabled == null) {
      return new Parsed.Invalid(
          (imports == null ? "`imports`" : "`disabled_plugins`") + " is not a list of strings");
    }
    Map<String, Object> plugins = Tables.table(root, "plugins");
    if (plugins == null && root.containsKey("plugins")) {
      return new Parsed.Invalid("`plugins` is not a table");
    }
    return new Parsed.Valid(
        new ConfigFile(
            path,
            number.intValue(),
            imports,
            disabled,
            address(root),
            plugins == null ? Map.of() : plugins));
  }

  /** Until version 3 the socket is in a table of its own, from version 4 on it is a plugin's. */
  private static String address(Map<String, Object> root) {
    Map<String, Object> plugin = Tables.table(root, "plugins", SERVER);
    Map<String, Object> server = plugin == null ? Tables.table(root, "grpc") : plugin;
    return server != null && server.get("address") instanceof String address ? address : "";
  }

  private static @Nullable List<String> strings(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      return null;
    }
    List<String> strings = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof String string)) {
        return null;
      }
      strings.add(string);
    }
    return strings;
  }

  private static Map<String, Object> plain(TomlTable table) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : table.entrySet()) {
      map.put(entry.getKey(), plain(entry.getValue()));
    }
    return map;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case TomlTable table -> plain(table);
      case TomlArray array -> {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
          list.add(plain(array.get(i)));
        }
        yield list;
      }
      default -> value;
    };
  }
}
