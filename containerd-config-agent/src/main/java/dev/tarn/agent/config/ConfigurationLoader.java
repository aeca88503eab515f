package dev.tarn.agent.config;

import dev.tarn.agent.config.InvalidConfigurationException.Problem;
import dev.tarn.agent.containerd.ContainerdVersion;
import dev.tarn.agent.containerd.Layout;
import dev.tarn.agent.hosts.Target;
import dev.tarn.core.name.NearestName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads the configuration: one TOML file, before which options go. */
public final class ConfigurationLoader {
  private static final long MAX_BYTES = 1 << 20;
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration SHORTEST_POLL = Duration.ofMillis(100);
  private static final Duration LONGEST_POLL = Duration.ofSeconds(30);
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);
  private static final Duration SHORTEST_INTERVAL = Duration.ofMinutes(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(7);
  private static final String START_UP_TAINT = "tarn.dev/starting:NoSchedule";
  private static final LoopbackAddress MIRROR = new LoopbackAddress("127.0.0.1", 5050);
  private static final LoopbackAddress LISTEN = new LoopbackAddress("127.0.0.1", 5053);

  private ConfigurationLoader() {}

  /**
   * The configuration in {@code file}.
   *
   * @param options values that go before those of the file, by the path of their key
   * @throws InvalidConfigurationException with everything that is wrong
   */
  public static Configuration load(Optional<Path> file, Map<String, List<String>> options) {
    return file.isPresent() ? parse(read(file.get()), options) : parse("", options);
  }

  /** The same for the text of a file. */
  static Configuration parse(String toml, Map<String, List<String>> options) {
    List<Problem> problems = new ArrayList<>();
    TomlTable table = null;
    if (!toml.isEmpty()) {
      TomlParseResult parsed = Toml.parse(toml);
      for (TomlParseError error : parsed.errors()) {
        String where = "line " + error.position().line() + ", column " + error.position().column();
        problems.add(new Problem("", where, String.valueOf(error.getMessage())));
      }
      refuse(problems);
      table = parsed;
    }
    Configuration configuration = bind(table, options, problems);
    refuse(problems);
    return configuration;
  }

  private static Configuration bind(
      @Nullable TomlTable table, Map<String, List<String>> options, List<Problem> problems) {
    Section root = new Section("", table, options, problems);
    LoopbackAddress mirror = root.value("mirror", Syntax.MIRROR, MIRROR);
    Path directory = root.value("directory", Syntax.DIRECTORY, Path.of("/run/tarn"));
    Optional<List<Target>> registries = root.values("registries", Syntax.TARGET);
    registries.ifPresent(
        given -> {
          if (new LinkedHashSet<>(given).size() < given.size()) {
            root.problem("registries", "a registry is named twice");
          }
        });
    String host = root.value("host", Syntax.HOST_PREFIX, "");
    Configuration.Follow follow = follow(root);
    Optional<LoopbackAddress> listen =
        root.value("listen", Syntax.LISTEN_IF_ANY, Optional.of(LISTEN));
    if (listen.isPresent() && listen.get().equals(mirror)) {
      root.problem("listen", "the mirror listens there");
    }
    Configuration.Containerd containerd = containerd(root.section("containerd"));
    Configuration.Taint taint = taint(root.section("taint"));
    Configuration.Canary canary = canary(root.section("canary"));
    Configuration.Logging logging = logging(root.section("logging"));
    root.end();
    return new Configuration(
        mirror,
        directory,
        registries,
        host.equals("/") ? "" : host,
        containerd,
        follow,
        listen,
        taint,
        canary,
        logging);
  }

  private static Configuration.Follow follow(Section root) {
    Duration grace = between(root, "graceTime", Duration.ofSeconds(10), Duration.ZERO, LONGEST);
    Duration poll =
        between(root, "pollInterval", Duration.ofSeconds(2), SHORTEST_POLL, LONGEST_POLL);
    Duration drift = between(root, "driftLimit", Duration.ofMinutes(1), SHORTEST_LIMIT, LONGEST);
    return new Configuration.Follow(grace, poll, drift);
  }

  private static Duration between(
      Section section, String key, Duration fallback, Duration least, Duration most) {
    Duration value = section.value(key, Syntax.DURATION, fallback);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      section.problem(
          key,
          "expected between "
              + Durations.print(least)
              + " and "
              + Durations.print(most)
              + ", found "
              + Durations.print(value));
    }
    return value;
  }

  private static Configuration.Containerd containerd(Section section) {
    Optional<String> distribution =
        section.value("distribution", Syntax.WORD_IF_ANY, Optional.empty());
    Optional<String> config = section.value("config", Syntax.HOST_PATH_IF_ANY, Optional.empty());
    List<String> roots = section.values("roots", Syntax.HOST_PATH).orElse(List.of());
    Optional<String> version = section.value("version", Syntax.VERSION_IF_ANY, Optional.empty());
    if (distribution.isPresent() && Layout.named(distribution.get()).isEmpty()) {
      unknown(section, distribution.get());
    }
    if (version.isPresent() && ContainerdVersion.parse(version.get()).isEmpty()) {
      section.problem("version", "expected " + Syntax.VERSION_IF_ANY.expected());
    }
    section.end();
    return new Configuration.Containerd(distribution, config, roots, version);
  }

  private static void unknown(Section section, String distribution) {
    List<String> names = new ArrayList<>(List.of(Layout.PLAIN.name()));
    for (Layout layout : Layout.KNOWN) {
      names.add(layout.name());
    }
    String hint =
        NearestName.of(distribution, names)
            .map(nearest -> "; did you mean " + nearest + "?")
            .orElse("; known: " + String.join(", ", names));
    section.problem("distribution", "unknown distribution " + distribution + hint);
  }

  private static Configuration.Taint taint(Section section) {
    boolean enabled = section.value("enabled", Syntax.BOOLEAN, false);
    String taint = section.value("taint", Syntax.TAINT, START_UP_TAINT);
    Optional<String> node = section.value("node", Syntax.NODE_IF_ANY, Optional.empty());
    Duration limit = between(section, "limit", Duration.ofMinutes(2), Duration.ZERO, LONGEST);
    section.end();
    return new Configuration.Taint(enabled, taint, node, limit);
  }

  private static Configuration.Canary canary(Section section) {
    boolean enabled = section.value("enabled", Syntax.BOOLEAN, false);
    Optional<String> socket = section.value("socket", Syntax.HOST_PATH_IF_ANY, Optional.empty());
    Duration interval =
        between(section, "interval", Duration.ofHours(1), SHORTEST_INTERVAL, LONGEST_INTERVAL);
    section.end();
    return new Configuration.Canary(enabled, socket, interval);
  }

  private static Configuration.Logging logging(Section section) {
    LogLevel level = section.value("level", Syntax.LOG_LEVEL, LogLevel.INFO);
    LogFormat format = section.value("format", Syntax.LOG_FORMAT, LogFormat.TEXT);
    section.end();
    return new Configuration.Logging(level, format);
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refusal(file + " is larger than 1 MiB");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException _) {
      throw refusal(file + " is not UTF-8");
    } catch (IOException e) {
      throw refusal("cannot read " + file + ": " + e);
    }
  }

  private static InvalidConfigurationException refusal(String message) {
    return new InvalidConfigurationException(List.of(new Problem("", "", message)));
  }

  private static void refuse(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
  }
}
