package dev.tarn.agent.containerd;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out how containerd is configured on the node and whether an entry takes effect. It reads
 * the configuration files; a containerd that was started before they were changed goes by what was
 * there then.
 *
 * <p>containerd's version is asked for only where the answer depends on it: what every release that
 * can be meant would do needs none.
 */
public final class Finder {
  /** One of each kind of behaviour. */
  private static final List<ContainerdVersion> KINDS =
      List.of(
          new ContainerdVersion(1, 6, 20),
          new ContainerdVersion(1, 7, 35),
          new ContainerdVersion(2, 0, 14),
          new ContainerdVersion(2, 1, 9),
          new ContainerdVersion(2, 2, 6),
          new ContainerdVersion(2, 3, 3),
          new ContainerdVersion(2, 4, 2));

  private static final String TELL_VERSION =
      "containerd's version tells: name it, or let one image be pulled through the mirror";

  private final HostRoot host;
  private final Function<List<String>, Optional<ContainerdVersion>> binary;

  /**
   * For one host.
   *
   * @param binary the version of the first containerd of these that can be asked for it, such as
   *     {@link BinaryVersion#of}
   */
  public Finder(HostRoot host, Function<List<String>, Optional<ContainerdVersion>> binary) {
    this.host = host;
    this.binary = binary;
  }

  /** Looks again: nothing is remembered. Never throws for what stands on the disk. */
  public Findings find(Hints hints) {
    Optional<Layout> recognised = hints.layout().or(() -> Layout.recognise(host));
    Layout layout = recognised.orElse(Layout.PLAIN);
    String config = hints.config().orElseGet(() -> layout.config(host));
    return new Search(hints, recognised.map(Layout::name), layout, config).run();
  }

  /** One look at the node. */
  private final class Search {
    private final Hints hints;
    private final Optional<String> name;
    private final Layout layout;
    private final String config;
    private final ConfigLoader loader = new ConfigLoader(host);
    private final Map<Boolean, ConfigLoader.Loaded> loaded = new HashMap<>();
    private final List<String> remarks = new ArrayList<>();

    Search(Hints hints, Optional<String> name, Layout layout, String config) {
      this.hints = hints;
      this.name = name;
      this.layout = layout;
      this.config = config;
    }

    Findings run() {
      Optional<ContainerdVersion> version =
          hints.version().or(() -> hints.userAgent().flatMap(ContainerdVersion::ofUserAgent));
      if (version.isPresent()) {
        return certain(version.get());
      }
      List<Verdict> verdicts = new ArrayList<>();
      List<ContainerdVersion> candidates = candidates();
      for (ContainerdVersion candidate : candidates) {
        verdicts.add(verdict(candidate));
      }
      if (agree(verdicts)) {
        return findings(
            load(candidates.getLast()), Optional.empty(), together(candidates, verdicts));
      }
      return binary
          .apply(layout.binaries())
          .map(this::certain)
          .orElseGet(
              () ->
                  findings(
                      load(candidates.getLast()), Optional.empty(), split(candidates, verdicts)));
    }

    private Findings certain(ContainerdVersion version) {
      if (version.compareTo(Judge.NEWEST_KNOWN) > 0) {
        remarks.add(
            "containerd "
                + version
                + " is newer than what this knows, which is 2.4; it is taken to"
                + " behave the same");
      }
      return findings(load(version), Optional.of(version.toString()), verdict(version));
    }

    private ConfigLoader.Loaded load(ContainerdVersion version) {
      return loaded.computeIfAbsent(
          relativePatterns(version),
          relative -> loader.load(config, hints.config().isPresent(), relative));
    }

    private Verdict verdict(ContainerdVersion version) {
      return switch (load(version)) {
        case ConfigLoader.Loaded.BuiltIn() -> Judge.builtIn(setting(List.of()), version);
        case ConfigLoader.Loaded.Complete(List<ConfigFile> files) ->
            Judge.judge(files, setting(files), version);
        case ConfigLoader.Loaded.Stuck(List<String> files, String why, String tell) ->
            new Verdict(new Prospect.Unknown(why, tell), List.of(), List.of());
      };
    }

    private Setting setting(List<ConfigFile> files) {
      return Setting.of(config, files, layout.root(), layout.how());
    }

    /** Those that know the version that the configuration is written in. */
    private List<ContainerdVersion> candidates() {
      int needed = 0;
      if (load(KINDS.getLast()) instanceof ConfigLoader.Loaded.Complete complete) {
        for (ConfigFile file : complete.files()) {
          needed = Math.max(needed, file.version());
        }
      }
      int least = needed;
      List<ContainerdVersion> candidates =
          KINDS.stream().filter(kind -> configVersion(kind) >= least).toList();
      return candidates.isEmpty() ? List.of(KINDS.getLast()) : candidates;
    }

    private Findings findings(
        ConfigLoader.Loaded configuration, Optional<String> version, Verdict judged) {
      Verdict verdict = nameable(judged);
      List<String> files =
          switch (configuration) {
            case ConfigLoader.Loaded.BuiltIn() -> List.of();
            case ConfigLoader.Loaded.Complete(List<ConfigFile> read) ->
                read.stream().map(ConfigFile::path).toList();
            case ConfigLoader.Loaded.Stuck(List<String> read, String _, String _) -> read;
          };
      remarks.addAll(verdict.notes());
      remarks.addAll(layout.remarks());
      unusedDropIns(files);
      laterDirectories(verdict);
      return new Findings(
          files,
          version,
          name,
          socket(configuration),
          verdict.roots(),
          verdict.prospect(),
          remarks);
    }

    /** Without roots whose names cannot be those of directories here: nothing can be put there. */
    private Verdict nameable(Verdict verdict) {
      List<String> roots = new ArrayList<>();
      Prospect prospect = verdict.prospect();
      for (String root : verdict.roots()) {
        try {
          host.resolve(root);
          roots.add(root);
        } catch (IOException e) {
          if (prospect instanceof Prospect.Effective) {
            prospect =
                new Prospect.Unknown(
                    "config_path names a directory that cannot be looked at: " + e,
                    "name another one");
          }
        }
      }
      return new Verdict(prospect, roots, verdict.notes());
    }

    private String socket(ConfigLoader.Loaded configuration) {
      String socket = layout.socket();
      if (configuration instanceof ConfigLoader.Loaded.Complete(List<ConfigFile> read)) {
        for (ConfigFile file : read) {
          socket = file.address().startsWith("/") ? file.address() : socket;
        }
      }
      return socket;
    }

    private void unusedDropIns(List<String> files) {
      String directory = config.substring(0, Math.max(1, config.lastIndexOf('/')));
      for (String dropIns : List.of("/conf.d", "/config.d")) {
        List<String> unused = new ArrayList<>(Glob.expand(host, directory + dropIns + "/*.toml"));
        unused.removeAll(files);
        if (!unused.isEmpty()) {
          remarks.add("nothing imports " + String.join(", ", unused) + ", so it does not count");
        }
      }
    }

    private void laterDirectories(Verdict verdict) {
      if (!(verdict.prospect() instanceof Prospect.Effective) || verdict.roots().size() < 2) {
        return;
      }
      for (String root : verdict.roots().subList(1, verdict.roots().size())) {
        List<String> directories = Glob.expand(host, root + "/*");
        if (!directories.isEmpty()) {
          remarks.add(
              "for each registry containerd takes the first root that has a directory for it, and so"
                  + " does the agent: "
                  + String.join(", ", directories));
        }
      }
    }
  }

  /** Before 1.6.30 and 1.7.14 a relative pattern counted from the working directory. */
  static boolean relativePatterns(ContainerdVersion version) {
    return version.atLeast(1, 7) ? version.atLeast(1, 7, 14) : version.atLeast(1, 6, 30);
  }

  private static int configVersion(ContainerdVersion version) {
    if (version.atLeast(2, 3)) {
      return 4;
    }
    return version.atLeast(2, 0) ? 3 : 2;
  }

  private static boolean agree(List<Verdict> verdicts) {
    Verdict first = verdicts.getFirst();
    for (Verdict verdict : verdicts) {
      boolean same =
          verdict.prospect().getClass() == first.prospect().getClass()
              && (verdict.prospect() instanceof Prospect.Ineffective
                  || verdict.roots().equals(first.roots()));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** The same for all, with what each has to say where the reasons differ. */
  private static Verdict together(List<ContainerdVersion> versions, List<Verdict> verdicts) {
    Verdict last = verdicts.getLast();
    if (!(last.prospect() instanceof Prospect.Ineffective newest)) {
      return last;
    }
    return new Verdict(
        new Prospect.Ineffective(reasons(versions, verdicts), newest.fix()),
        last.roots(),
        last.notes());
  }

  private static Verdict split(List<ContainerdVersion> versions, List<Verdict> verdicts) {
    Verdict last = verdicts.getLast();
    return new Verdict(
        new Prospect.Unknown(
            "it depends on containerd's version: " + reasons(versions, verdicts), TELL_VERSION),
        last.roots(),
        last.notes());
  }

  private static String reasons(List<ContainerdVersion> versions, List<Verdict> verdicts) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    while (from < verdicts.size()) {
      String reason = reason(verdicts.get(from).prospect());
      int to = from;
      while (to + 1 < verdicts.size() && reason(verdicts.get(to + 1).prospect()).equals(reason)) {
        to++;
      }
      if (from == 0 && to == verdicts.size() - 1) {
        return reason;
      }
      text.append(text.isEmpty() ? "" : "; ").append(range(versions, from, to));
      text.append(": ").append(reason);
      from = to + 1;
    }
    return text.toString();
  }

  private static String range(List<ContainerdVersion> versions, int from, int to) {
    String first = versions.get(from).line();
    String last = versions.get(to).line();
    if (from == 0) {
      return "up to " + last;
    }
    return first.equals(last) ? first : first + " to " + last;
  }

  private static String reason(Prospect prospect) {
    return switch (prospect) {
      case Prospect.Effective() -> "takes effect";
      case Prospect.Ineffective(String why, String _) -> why;
      case Prospect.Unknown(String why, String _) -> why;
    };
  }
}
