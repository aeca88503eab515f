package dev.tarn.agent.containerd;

import java.util.List;
import java.util.Optional;

/**
 * The one setting that makes an entry take effect where none does: {@code config_path} with one
 * directory, in words that fit the configuration that is there.
 *
 * @param file where to write it, as the host names it
 * @param exists whether that file is there
 * @param version of that file; 0 where it does not say
 * @param root the directory to name
 * @param how what is special about changing it on this distribution; empty where nothing is
 */
record Setting(String file, boolean exists, int version, String root, Optional<String> how) {
  static Setting of(String file, List<ConfigFile> files, String root, Optional<String> how) {
    return files.isEmpty()
        ? new Setting(file, false, 2, root, how)
        : new Setting(file, true, files.getFirst().version(), root, how);
  }

  String fix() {
    String line = "config_path = \"" + root + "\" under [plugins.\"" + plugin() + "\".registry]";
    return place(line) + ", and restart containerd";
  }

  private String place(String line) {
    if (how.isPresent()) {
      return "set " + line + " " + how.get();
    }
    if (!exists) {
      return "write " + file + " with version = 2 and " + line;
    }
    return version <= 1
        ? "bring "
            + file
            + " to version 2 (`version = 2`, plugins by their full names) and set "
            + line
        : "in " + file + " set " + line;
  }

  private String plugin() {
    return version >= 3 ? Merger.IMAGES : Merger.CRI;
  }
}
