package dev.tarn.agent.setup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * What {@code containerd config dump} printed: the files and what they import, merged by that
 * containerd itself, over what is built into it. It may contain credentials: never logged.
 */
final class Dump {
  private static final List<String> FIRST = List.of("plugins", "io.containerd.grpc.v1.cri");
  private static final List<String> SECOND = List.of("plugins", "io.containerd.cri.v1.images");
  private static final List<String> SERVER = List.of("plugins", "io.containerd.server.v1.grpc");
  private static final int DEFAULT_CONCURRENT_DOWNLOADS = 3;

  private final Map<String, Object> all;
  private final Map<String, Object> images;

  private Dump(Map<String, Object> all, Map<String, Object> images) {
    this.all = all;
    this.images = images;
  }

  /** Empty where that is no dump of a containerd with CRI. */
  static Optional<Dump> parse(String text) {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      return Optional.empty();
    }
    Map<String, Object> all = plain(toml);
    // The plugin of the first major version still has a table in the second, without images.
    Map<String, Object> images = table(all, SECOND);
    if (images == null) {
      images = table(all, FIRST);
    }
    return images == null ? Optional.empty() : Optional.of(new Dump(all, images));
  }

  /** What it is in effect; empty where no {@code hosts.toml} is read. */
  String configPath() {
    return registry().get("config_path") instanceof String path ? path : "";
  }

  /** Why {@code hosts.toml} is not read; empty where it is. */
  Optional<String> ineffective() {
    String path = configPath();
    if (path.isEmpty()) {
      return Optional.of("config_path is not set");
    }
    return path.indexOf(':') >= 0 && pullsByTransferService()
        ? Optional.of(
            "config_path names several directories ("
                + path
                + "), which this containerd's"
                + " transfer service takes for one")
        : Optional.empty();
  }

  /** What CRI would refuse to load beside a {@code config_path}. */
  Optional<String> conflict() {
    if (isFilled(registry(), "mirrors")) {
      return Optional.of("registry.mirrors");
    }
    if (registry().get("configs") instanceof Map<?, ?> configs) {
      for (Object each : configs.values()) {
        if (each instanceof Map<?, ?> config && config.get("tls") instanceof Map<?, ?>) {
          return Optional.of("registry.configs.….tls");
        }
      }
    }
    return Optional.empty();
  }

  /** The version that this containerd writes configurations in. */
  int version() {
    return all.get("version") instanceof Long version ? version.intValue() : 0;
  }

  /** The socket that it listens at. */
  String socket() {
    Map<String, Object> server = table(all, SERVER);
    Map<String, Object> grpc = server != null ? server : table(all, List.of("grpc"));
    return grpc != null && grpc.get("address") instanceof String address && !address.isEmpty()
        ? address
        : "/run/containerd/containerd.sock";
  }

  /**
   * What another differs in, but for {@code config_path} and the list of the files that were read;
   * names of settings, without their values.
   */
  List<String> differences(Dump other) {
    TreeSet<String> names = new TreeSet<>();
    compare("", comparable(), other.comparable(), names);
    return List.copyOf(names);
  }

  private Map<String, Object> comparable() {
    Map<String, Object> copy = new LinkedHashMap<>(all);
    copy.remove("imports");
    Map<String, Object> plugins = copyOfTable(copy, "plugins");
    String name = table(all, SECOND) != null ? SECOND.getLast() : FIRST.getLast();
    copyOfTable(copyOfTable(plugins, name), "registry").remove("config_path");
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> copyOfTable(Map<String, Object> in, String name) {
    Map<String, Object> copy =
        in.get(name) instanceof Map<?, ?> map
            ? new LinkedHashMap<>((Map<String, Object>) map)
            : new LinkedHashMap<>();
    in.put(name, copy);
    return copy;
  }

  private static void compare(
      String name, @Nullable Object left, @Nullable Object right, Set<String> names) {
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      TreeSet<String> keys = new TreeSet<>();
      a.keySet().forEach(key -> keys.add(String.valueOf(key)));
      b.keySet().forEach(key -> keys.add(String.valueOf(key)));
      for (String key : keys) {
        compare(name.isEmpty() ? key : name + "." + key, a.get(key), b.get(key), names);
      }
    } else if (left == null ? right != null : !left.equals(right)) {
      names.add(name);
    }
  }

  /** The releases that have it can be told by the setting that switches it off. */
  private boolean pullsByTransferService() {
    return images.get("use_local_image_pull") instanceof Boolean local
        && !local
        && !Boolean.TRUE.equals(images.get("discard_unpacked_layers"))
        && Boolean.TRUE.equals(images.get("disable_snapshot_annotations"))
        && !Boolean.TRUE.equals(images.get("image_pull_with_sync_fs"))
        && images.get("max_concurrent_downloads") instanceof Long downloads
        && downloads == DEFAULT_CONCURRENT_DOWNLOADS
        && !isFilled(registry(), "mirrors")
        && !isFilled(registry(), "configs")
        && !isFilled(registry(), "auths");
  }

  private Map<String, Object> registry() {
    Map<String, Object> registry = table(images, List.of("registry"));
    return registry == null ? Map.of() : registry;
  }

  private static boolean isFilled(Map<String, Object> table, String name) {
    return table.get(name) instanceof Map<?, ?> map && !map.isEmpty();
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Map<String, Object> table(Map<String, Object> from, List<String> path) {
    Map<String, Object> at = from;
    for (String name : path) {
      if (!(at.get(name) instanceof Map<?, ?> next)) {
        return null;
      }
      at = (Map<String, Object>) next;
    }
    return at;
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
      case TomlArray array -> array.toList().stream().map(Dump::plain).toList();
      default -> value;
    };
  }
}
