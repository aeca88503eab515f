package dev.tarn.agent.containerd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether one release of containerd reads {@code hosts.toml}, by its configuration. What it says
 * names no release, so that several that come to the same say the same.
 */
final class Judge {
  /** The newest whose source was read. */
  static final ContainerdVersion NEWEST_KNOWN = new ContainerdVersion(2, 4, 999);

  static final String DEFAULT_ROOT = "/etc/containerd/certs.d";
  private static final String DEFAULT_ROOTS = DEFAULT_ROOT + ":/etc/docker/certs.d";
  private static final String TRANSFER =
      "as long as pulls go by the transfer service, which takes a list of directories for the name"
          + " of one";

  private final Setting setting;
  private final ContainerdVersion containerd;

  private Judge(Setting setting, ContainerdVersion containerd) {
    this.setting = setting;
    this.containerd = containerd;
  }

  /** With no file at all. */
  static Verdict builtIn(Setting setting, ContainerdVersion containerd) {
    Merged.Settings none =
        new Merged.Settings(Optional.empty(), "", false, false, Optional.empty(), List.of());
    return new Judge(setting, containerd).judge(none);
  }

  static Verdict judge(List<ConfigFile> files, Setting setting, ContainerdVersion containerd) {
    Judge judge = new Judge(setting, containerd);
    return switch (Merger.merge(files, containerd)) {
      case Merged.Refused(String why, String fix) ->
          judge.verdict(
              new Prospect.Ineffective("containerd refuses its configuration: " + why, fix),
              List.of(),
              List.of());
      case Merged.Settings settings -> judge.judge(settings);
    };
  }

  private Verdict judge(Merged.Settings settings) {
    List<String> notes = settings.notes();
    boolean unset = settings.configPath().isEmpty();
    boolean byDefault = unset && !settings.mirrors() && containerd.atLeast(2, 2);
    String path = byDefault ? DEFAULT_ROOTS : settings.configPath();
    List<String> roots = split(path);
    if (settings.criOff().isPresent()) {
      return ineffective(
          "disabled_plugins turns the CRI plugin off (" + settings.criOff().get() + ")",
          "take it out of disabled_plugins and restart containerd; if the kubelet uses another"
              + " containerd, name that one's configuration",
          roots,
          notes);
    }
    if (!containerd.atLeast(1, 5)) {
      return ineffective(
          "it is older than 1.5, which was the first to read hosts.toml",
          "upgrade it",
          roots,
          notes);
    }
    if (settings.mirrors()) {
      return ineffective(
          unset
              ? "registry.mirrors is used, and config_path is not set"
              : "the CRI plugin does not load with both registry.mirrors and config_path",
          "take registry.mirrors out (hosts.toml says the same); " + setting.fix(),
          roots,
          notes);
    }
    if (settings.tls() && !unset && !containerd.atLeast(2, 0)) {
      return ineffective(
          "the CRI plugin does not load with both registry.configs.*.tls and config_path",
          "move its certificates to hosts.toml, take it out, and restart containerd",
          roots,
          notes);
    }
    if (roots.isEmpty()) {
      return ineffective(
          "config_path is not set, and empty by default", setting.fix(), roots, notes);
    }
    for (String root : roots) {
      if (!root.startsWith("/")) {
        return verdict(
            new Prospect.Unknown(
                "config_path names " + root + ", which counts from containerd's working directory",
                "write an absolute path"),
            roots,
            notes);
      }
    }
    if (path.indexOf(':') >= 0 && containerd.atLeast(2, 1) && settings.localPull().isEmpty()) {
      return severalRoots(byDefault, path, roots, notes);
    }
    return verdict(new Prospect.Effective(), roots, remarks(settings, roots, notes));
  }

  private List<String> remarks(Merged.Settings settings, List<String> roots, List<String> notes) {
    Optional<String> local = settings.localPull();
    if (roots.size() < 2 || local.isEmpty()) {
      return notes;
    }
    List<String> remarks = new ArrayList<>(notes);
    remarks.add(
        "config_path names several directories, which containerd reads only because of "
            + local.get()
            + "; with one directory it does not depend on that");
    return remarks;
  }

  /** A colon makes a list of it, even with nothing after it. */
  private Verdict severalRoots(
      boolean byDefault, String path, List<String> roots, List<String> notes) {
    String list =
        (roots.size() > 1 ? "names several directories (" : "is a list of directories (")
            + path
            + ")";
    if (containerd.compareTo(NEWEST_KNOWN) > 0) {
      return verdict(
          new Prospect.Unknown(
              "config_path "
                  + list
                  + ", which 2.1 to 2.4 do not read "
                  + TRANSFER
                  + "; whether this newer one does is not known",
              "see whether requests arrive, or name one directory: " + setting.fix()),
          roots,
          notes);
    }
    String what =
        byDefault
            ? "config_path is not set, and by default names two directories (" + path + ")"
            : "config_path " + list;
    return ineffective(
        what + ", which containerd does not read " + TRANSFER, setting.fix(), roots, notes);
  }

  private static List<String> split(String configPath) {
    List<String> roots = new ArrayList<>();
    for (String root : configPath.split(":", -1)) {
      if (!root.isEmpty()) {
        roots.add(root);
      }
    }
    return roots;
  }

  private Verdict ineffective(String why, String fix, List<String> roots, List<String> notes) {
    String because = notes.isEmpty() ? why : why + " (" + String.join("; ", notes) + ")";
    return verdict(new Prospect.Ineffective(because, fix), roots, List.of());
  }

  private Verdict verdict(Prospect prospect, List<String> roots, List<String> notes) {
    return new Verdict(prospect, List.copyOf(roots), List.copyOf(notes));
  }
}
