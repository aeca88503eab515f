package dev.tarn.agent.containerd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one configuration of several files, as the releases of containerd do, which differ:
 *
 * <ul>
 *   <li>1.x: a plugin's table of a later file takes the place of the whole table before it. The
 *       last {@code version} that is written counts for all.
 *   <li>2.0 to 2.2: tables are merged key by key. The last {@code version} that is written counts
 *       for all, and only if it is 2 are the tables of version 2 translated. A main file without
 *       one, or with 1, counts as 3.
 *   <li>from 2.3: each file is translated by its own version, then they are merged key by key.
 * </ul>
 *
 * Translating to version 3 leaves what is under {@code containerd} behind where there are no {@code
 * containerd.runtimes}.
 */
final class Merger {
  static final String CRI = "io.containerd.grpc.v1.cri";
  static final String IMAGES = "io.containerd.cri.v1.images";
  private static final String RUNTIME = "io.containerd.cri.v1.runtime";
  private static final String TRANSFER = "io.containerd.transfer.v1.local";
  private static final int DEFAULT_DOWNLOADS = 3;

  private final List<ConfigFile> files;
  private final ContainerdVersion containerd;
  private final List<String> notes = new ArrayList<>();

  private Merger(List<ConfigFile> files, ContainerdVersion containerd) {
    this.files = files;
    this.containerd = containerd;
  }

  static Merged merge(List<ConfigFile> files, ContainerdVersion containerd) {
    Merger merger = new Merger(files, containerd);
    if (!containerd.atLeast(2, 0)) {
      return merger.first();
    }
    return containerd.atLeast(2, 3) ? merger.third() : merger.second();
  }

  /** 1.x. */
  private Merged first() {
    Map<String, Object> plugins = new LinkedHashMap<>();
    List<String> disabled = new ArrayList<>();
    int version = 1;
    @Nullable String root = null;
    for (ConfigFile file : files) {
      version = file.version() == 0 ? version : file.version();
      disabled.addAll(file.disabledPlugins());
      for (String plugin : List.of("cri", CRI)) {
        Map<String, Object> table = Tables.table(file.plugins(), plugin);
        if (table == null) {
          continue;
        }
        boolean sets = text(table, "registry", "config_path") != null;
        if (!sets && root != null) {
          notes.add(
              file.path()
                  + " has a table of plugins.\""
                  + plugin
                  + "\", which takes the place of the whole one in "
                  + root
                  + ", its config_path included");
        }
        root = sets ? file.path() : null;
      }
      plugins.putAll(file.plugins());
    }
    if (version >= 2) {
      Optional<Merged> refused = checkSecond(version, plugins.keySet(), disabled);
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    String plugin = version == 1 ? "cri" : CRI;
    Map<String, Object> cri = Tables.table(plugins, plugin);
    return settings(
        disabled.contains(plugin) ? Optional.of(plugin) : Optional.empty(),
        cri == null ? Map.of() : cri);
  }

  private Optional<Merged> checkSecond(int version, Set<String> plugins, List<String> disabled) {
    boolean checks =
        containerd.atLeast(1, 7) ? containerd.atLeast(1, 7, 17) : containerd.atLeast(1, 6, 32);
    if (version > 2 && checks) {
      return Optional.of(tooNew(version, 2));
    }
    for (String plugin : plugins) {
      if (!isUri(plugin)) {
        return Optional.of(
            new Merged.Refused(
                "plugins." + plugin + " is no name of a plugin in a configuration of version 2",
                "write its full name, such as plugins.\"" + CRI + "\", and restart containerd"));
      }
    }
    for (String plugin : disabled) {
      if (!isUri(plugin)) {
        return Optional.of(badDisabled(plugin));
      }
    }
    return Optional.empty();
  }

  private static Merged badDisabled(String plugin) {
    return new Merged.Refused(
        "disabled_plugins names \"" + plugin + "\", which is no name of a plugin from version 2 on",
        "take it out of disabled_plugins and restart containerd");
  }

  private static boolean isUri(String plugin) {
    int dots = 0;
    for (int i = 0; i < plugin.length(); i++) {
      dots += plugin.charAt(i) == '.' ? 1 : 0;
    }
    return dots >= 3;
  }

  private Merged tooNew(int version, int known) {
    String path = "";
    for (ConfigFile file : files) {
      path = file.version() == version ? file.path() : path;
    }
    return new Merged.Refused(
        "version = "
            + version
            + " in "
            + path
            + " is newer than this containerd knows, which is "
            + known,
        "write it in version " + known + ", or upgrade containerd");
  }

  /** 2.0 to 2.2. */
  private Merged second() {
    Map<String, Object> plugins = new LinkedHashMap<>();
    Set<String> disabled = new LinkedHashSet<>();
    int version = 3;
    String decisive = "";
    for (ConfigFile file : files) {
      boolean old = file.version() <= 1;
      if (!old || decisive.isEmpty()) {
        version = old ? 3 : file.version();
        decisive = file.path();
      }
      for (String plugin : file.disabledPlugins()) {
        disabled.add(old ? fullName(plugin) : plugin);
      }
      Tables.merge(plugins, old ? fullNames(file.plugins()) : file.plugins());
    }
    if (version > 3) {
      return tooNew(version, 3);
    }
    for (String plugin : disabled) {
      if (plugin.indexOf('.') < 0) {
        return badDisabled(plugin);
      }
    }
    if (version == 2) {
      translate(plugins);
    } else if (Tables.table(plugins, CRI, "registry") != null) {
      notes.add(
          "plugins.\""
              + CRI
              + "\".registry is not translated, because "
              + decisive
              + (fileVersion(decisive) <= 1
                  ? " is of version 1 or none"
                  : ", of version 3, decides for all files"));
    }
    return images(plugins, disabled);
  }

  private int fileVersion(String path) {
    int version = 0;
    for (ConfigFile file : files) {
      version = file.path().equals(path) ? file.version() : version;
    }
    return version;
  }

  /** From 2.3. */
  private Merged third() {
    Map<String, Object> plugins = new LinkedHashMap<>();
    Set<String> disabled = new LinkedHashSet<>();
    int first = 0;
    for (ConfigFile file : files) {
      first = first == 0 ? file.version() : first;
      if (file.version() > first && comparesVersions()) {
        return new Merged.Refused(
            file.path()
                + " is of version "
                + file.version()
                + ", and the first file that says its version of "
                + first,
            "write version = " + first + " and that version's tables there, or upgrade containerd");
      }
      if (file.version() > 4) {
        return tooNew(file.version(), 4);
      }
      boolean old = file.version() <= 1;
      for (String plugin : file.disabledPlugins()) {
        String name = old ? fullName(plugin) : plugin;
        if (name.indexOf('.') < 0) {
          return badDisabled(name);
        }
        disabled.add(name);
      }
      Map<String, Object> own = old ? fullNames(file.plugins()) : Tables.copy(file.plugins());
      if (file.version() < 4) {
        translate(own);
      } else if (Tables.table(own, CRI, "registry") != null) {
        notes.add("plugins.\"" + CRI + "\".registry in " + file.path() + " is not of version 4");
      }
      Tables.merge(plugins, own);
    }
    return images(plugins, disabled);
  }

  /** 2.3.0 to 2.3.4 did not start with a drop-in that is newer than the main file. */
  private boolean comparesVersions() {
    return !containerd.atLeast(2, 3, 5);
  }

  private static Map<String, Object> fullNames(Map<String, Object> plugins) {
    Map<String, Object> renamed = new LinkedHashMap<>();
    for (Map.Entry<String, Object> plugin : plugins.entrySet()) {
      Tables.merge(renamed, Map.of(fullName(plugin.getKey()), plugin.getValue()));
    }
    return renamed;
  }

  private static String fullName(String plugin) {
    return plugin.equals("cri")
        ? CRI
        : plugin.indexOf('.') < 0 ? "io.containerd.v1." + plugin : plugin;
  }

  /** From the table of version 2 to that of version 3, with what that loses. */
  private void translate(Map<String, Object> plugins) {
    Map<String, Object> cri = Tables.table(plugins, CRI);
    if (cri == null) {
      return;
    }
    Map<String, Object> images = Tables.table(plugins, IMAGES);
    if (images == null) {
      images = new LinkedHashMap<>();
      plugins.put(IMAGES, images);
    }
    take(cri, images, "registry", "max_concurrent_downloads", "image_pull_with_sync_fs");
    Map<String, Object> containerdTable = Tables.table(cri, "containerd");
    if (containerdTable == null) {
      return;
    }
    if (!containerdTable.containsKey("runtimes")) {
      if (containerdTable.containsKey("discard_unpacked_layers")
          || containerdTable.containsKey("disable_snapshot_annotations")) {
        notes.add(
            "discard_unpacked_layers and disable_snapshot_annotations under plugins.\""
                + CRI
                + "\".containerd do not count, because there are no runtimes there");
      }
      return;
    }
    take(containerdTable, images, "disable_snapshot_annotations", "discard_unpacked_layers");
  }

  private static void take(Map<String, Object> from, Map<String, Object> to, String... keys) {
    for (String key : keys) {
      Object value = from.get(key);
      if (value != null) {
        to.put(key, value);
      }
    }
  }

  private Merged images(Map<String, Object> plugins, Set<String> disabled) {
    List<String> needed =
        containerd.atLeast(2, 1)
            ? List.of(CRI, IMAGES, RUNTIME, TRANSFER)
            : List.of(CRI, IMAGES, RUNTIME);
    Map<String, Object> images = Tables.table(plugins, IMAGES);
    return settings(
        needed.stream().filter(disabled::contains).findFirst(), images == null ? Map.of() : images);
  }

  private Merged settings(Optional<String> criOff, Map<String, Object> table) {
    Map<String, Object> registry = Tables.table(table, "registry");
    Object path = registry == null ? "" : registry.getOrDefault("config_path", "");
    if (!(path instanceof String configPath)) {
      return wrongType("config_path", "a string");
    }
    boolean mirrors = Tables.isFilled(table, "registry", "mirrors");
    Optional<String> local = Optional.empty();
    if (containerd.atLeast(2, 1)) {
      for (String key :
          List.of(
              "use_local_image_pull",
              "disable_snapshot_annotations",
              "discard_unpacked_layers",
              "image_pull_with_sync_fs")) {
        boolean byDefault = key.equals("disable_snapshot_annotations");
        if (!(table.getOrDefault(key, byDefault) instanceof Boolean on)) {
          return wrongType(key, "true or false");
        }
        if (on != byDefault && local.isEmpty()) {
          local = Optional.of(key + " = " + on);
        }
      }
      Object downloads = table.getOrDefault("max_concurrent_downloads", (long) DEFAULT_DOWNLOADS);
      if (!(downloads instanceof Long number)) {
        return wrongType("max_concurrent_downloads", "a number");
      }
      if (number != DEFAULT_DOWNLOADS && local.isEmpty()) {
        local = Optional.of("max_concurrent_downloads = " + number);
      }
      for (String key : List.of("mirrors", "configs", "auths")) {
        if (local.isEmpty() && Tables.isFilled(table, "registry", key)) {
          local = Optional.of("registry." + key);
        }
      }
    }
    return new Merged.Settings(
        criOff, configPath, mirrors, hasTls(table), local, List.copyOf(notes));
  }

  private static Merged wrongType(String key, String type) {
    return new Merged.Refused(
        key + " is not " + type + ", so that the CRI plugin does not load",
        "write " + type + " and restart containerd");
  }

  private static boolean hasTls(Map<String, Object> table) {
    Map<String, Object> configs = Tables.table(table, "registry", "configs");
    if (configs == null) {
      return false;
    }
    for (String host : configs.keySet()) {
      if (Tables.table(configs, host, "tls") != null) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String text(Map<String, Object> from, String table, String key) {
    Map<String, Object> below = Tables.table(from, table);
    return below != null && below.get(key) instanceof String text ? text : null;
  }
}
