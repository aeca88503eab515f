package dev.tarn.agent.setup;

import dev.tarn.agent.setup.HostCommands.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Finds the smallest change after which containerd reads {@code hosts.toml}, in this order: a
 * drop-in where the main file imports a directory, else one line of a file. Whether a change does
 * what it should is not reasoned about but tried: the host's containerd merges a copy of its
 * configuration with the change in it, and what it makes of the copy may differ from what it makes
 * of the original in {@code config_path} alone. (containerd 1.x replaces a plugin's whole table by
 * a drop-in's; 2.x merges them; what holds of versions in several files differs by minor release.)
 */
final class Planner {
  static final String DEFAULT_ROOT = "/etc/containerd/certs.d";

  /** Sorts behind others, because the last one wins. */
  static final String DROP_IN = "zz-tarn.toml";

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String BY_HAND = "docs/configure-containerd.md says how to do it by hand";
  private static final int NEWEST_VERSION_TO_WRITE = 3;
  private static final int KEY_BYTES = 8;

  private final HostCommands commands;
  private final HostFiles files;
  private final Optional<String> how;
  private final RandomGenerator random;
  private final String program;
  private final String main;
  private final Optional<String> wantedRoot;

  /**
   * @param program containerd, as the host names it
   * @param main the main file of its configuration
   * @param wantedRoot what {@code config_path} becomes; else the first directory that it names, or
   *     containerd's own
   * @param how how the configuration is changed where another program writes its files
   */
  Planner(
      HostCommands commands,
      HostFiles files,
      RandomGenerator random,
      String program,
      String main,
      Optional<String> wantedRoot,
      Optional<String> how) {
    this.commands = commands;
    this.files = files;
    this.how = how;
    this.random = random;
    this.program = program;
    this.main = main;
    this.wantedRoot = wantedRoot;
  }

  Plan plan() throws IOException {
    Outcome version = commands.run(List.of(program, "--version"), LIMIT);
    if (!version.succeeded() && how.isPresent()) {
      return elsewhere(wantedRoot.orElse(DEFAULT_ROOT));
    }
    if (!version.succeeded()) {
      return new Plan.Refused(
          program + " cannot be run on the host: " + version.complaint(),
          "name the node's containerd by --containerd");
    }
    Optional<Dump> now = now();
    if (now.isEmpty()) {
      return new Plan.Refused(
          "`" + program + " --config " + main + " config dump` fails or shows no CRI plugin",
          "put the configuration right, or name it by --config");
    }
    Optional<String> ineffective = now.get().ineffective();
    if (ineffective.isEmpty()) {
      return new Plan.Nothing("config_path is " + now.get().configPath());
    }
    Optional<String> conflict = now.get().conflict();
    if (conflict.isPresent()) {
      return new Plan.Refused(
          conflict.get() + " is set, and CRI does not load with that and config_path together",
          "say the same in hosts.toml files below "
              + root(now.get())
              + ", take it out of containerd's configuration, then run this again");
    }
    if (how.isPresent()) {
      return elsewhere(root(now.get()));
    }
    Optional<String> text = files.read(main);
    String key = key(text.orElse("absent"), version.out());
    return new Search(ineffective.get(), now.get(), root(now.get()), key).search(text);
  }

  private Plan elsewhere(String root) {
    return new Plan.Refused(
        "containerd's configuration is written by another program here",
        "set config_path to " + root + " " + how.orElseThrow());
  }

  /** What containerd makes of its configuration; empty where it refuses it. */
  Optional<Dump> now() throws IOException {
    if (files.read(main).isPresent()) {
      return dump(main);
    }
    // 1.x does not dump a file that is not there, though it starts without.
    Outcome built = commands.run(List.of(program, "config", "default"), LIMIT);
    return built.succeeded() ? Dump.parse(built.out()) : Optional.empty();
  }

  /** What containerd makes of that file; empty where it refuses it. */
  Optional<Dump> dump(String file) {
    Outcome dumped = commands.run(List.of(program, "--config", file, "config", "dump"), LIMIT);
    return dumped.succeeded() ? Dump.parse(dumped.out()) : Optional.empty();
  }

  private String root(Dump now) {
    String first = now.configPath().split(":", -1)[0];
    return wantedRoot.orElse(first.isEmpty() ? DEFAULT_ROOT : first);
  }

  private static String key(String text, String version) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(version.strip().getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
      byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One search for a change. */
  private final class Search {
    private final String why;
    private final Dump now;
    private final String root;
    private final String key;
    private String obstacle = "";

    Search(String why, Dump now, String root, String key) {
      this.why = why;
      this.now = now;
      this.root = root;
      this.key = key;
    }

    Plan search(Optional<String> text) throws IOException {
      Optional<Plan> found;
      if (text.isEmpty()) {
        found = newFile();
      } else {
        Optional<ConfigText> parsed = ConfigText.parse(text.get());
        if (parsed.isEmpty()) {
          return new Plan.Refused(main + " cannot be parsed by this program", BY_HAND);
        }
        found = dropIn(parsed.get());
        if (found.isEmpty()) {
          found = edit(text.get(), parsed.get());
        }
      }
      return found.orElseGet(() -> new Plan.Refused(why + ", and " + obstacle, BY_HAND));
    }

    /** There is none, and containerd runs with what is built into it. */
    private Optional<Plan> newFile() throws IOException {
      int version = Math.min(Math.max(now.version(), 2), NEWEST_VERSION_TO_WRITE);
      String after = ConfigText.alone(version, root);
      return tried(after, Optional.empty(), main, Optional.empty(), after);
    }

    private Optional<Plan> dropIn(ConfigText text) throws IOException {
      Imports imports = new Imports(files, main, text.imports());
      Optional<String> place = imports.placeFor(DROP_IN);
      if (place.isEmpty()) {
        return Optional.empty();
      }
      String after = ConfigText.alone(text.version(), root);
      return tried(
          "", Optional.of(new StandIn(text, imports)), place.get(), files.read(place.get()), after);
    }

    /** The file that says it last, or else has the plugin's table last, or else the main one. */
    private Optional<Plan> edit(String mainText, ConfigText main) throws IOException {
      Imports imports = new Imports(files, Planner.this.main, main.imports());
      String target = Planner.this.main;
      boolean said = main.hasConfigPath();
      for (String path : imports.all()) {
        Optional<ConfigText> each = files.read(path).flatMap(ConfigText::parse);
        if (each.isPresent() && (each.get().hasConfigPath() || (each.get().hasPlugin() && !said))) {
          target = path;
          said |= each.get().hasConfigPath();
        }
      }
      if (target.equals(Planner.this.main)) {
        return edited(mainText, main, imports);
      }
      Optional<String> before = files.read(target);
      Optional<ConfigText> text = before.flatMap(ConfigText::parse);
      Optional<String> after = text.flatMap(each -> each.withConfigPath(root));
      if (after.isEmpty() || !text.orElseThrow().imports().isEmpty()) {
        obstacle = target + ", which decides it, cannot be edited by this program";
        return Optional.empty();
      }
      return tried("", Optional.of(new StandIn(main, imports)), target, before, after.get());
    }

    private Optional<Plan> edited(String before, ConfigText text, Imports imports)
        throws IOException {
      Optional<String> after = text.withConfigPath(root);
      if (after.isEmpty()) {
        obstacle = main + " is written in a way that a single line does not change";
        return Optional.empty();
      }
      // The copy is elsewhere, and relative imports count from where a file is.
      String copy =
          text.imports().isEmpty()
              ? after.get()
              : ConfigText.parse(after.get()).orElseThrow().withImports(imports.all());
      return tried(copy, Optional.empty(), main, Optional.of(before), after.get());
    }

    /**
     * Whether containerd, with this in the place of that file, does what it did and reads {@code
     * hosts.toml}. Where {@code importer} is empty the file is the main one, tried as {@code copy};
     * else the importer is, with the file beside it.
     */
    private Optional<Plan> tried(
        String copy, Optional<StandIn> importer, String path, Optional<String> before, String after)
        throws IOException {
      try (Trial trial = new Trial(files, random)) {
        String file;
        if (importer.isEmpty()) {
          file = trial.put("config.toml", copy);
        } else {
          String other = trial.put("imported.toml", after);
          StandIn standIn = importer.get();
          String text = standIn.text().withImports(standIn.imports().with(path, other));
          file = trial.put("config.toml", text);
        }
        Optional<Dump> then = dump(file);
        Optional<String> objection = objection(then);
        if (objection.isPresent()) {
          obstacle = "with the change in " + path + " " + objection.get();
          return Optional.empty();
        }
      }
      return Optional.of(new Plan.Change(why, path, before, after, root, main, key));
    }

    private Optional<String> objection(Optional<Dump> then) {
      if (then.isEmpty()) {
        return Optional.of("containerd refuses its configuration");
      }
      if (!then.get().configPath().equals(root)) {
        return Optional.of("config_path is not " + root + ": something read later sets it");
      }
      List<String> differences = then.get().differences(now);
      return differences.isEmpty()
          ? Optional.empty()
          : Optional.of("other settings change too: " + String.join(", ", differences));
    }
  }

  /** The main file and what it imports. */
  private record StandIn(ConfigText text, Imports imports) {}
}
