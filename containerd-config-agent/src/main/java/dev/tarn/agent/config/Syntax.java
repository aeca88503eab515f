package dev.tarn.agent.config;

import dev.tarn.agent.hosts.Target;
import dev.tarn.core.name.RegistryHost;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a value is written.
 *
 * @param expected what to tell someone who wrote something else
 * @param parser the value, or empty where the text is none
 */
record Syntax<T>(String expected, Function<String, Optional<T>> parser) {
  /** How the directory for all other registries is called, by containerd and here. */
  static final String ALL_OTHERS = "_default";

  private static final int MAX_LENGTH = 4096;

  static final Syntax<Boolean> BOOLEAN =
      new Syntax<>(
          "true or false",
          text ->
              switch (text) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
              });
  static final Syntax<Duration> DURATION =
      new Syntax<>("a duration such as \"500ms\", \"10s\" or \"2m\"", Durations::parse);
  static final Syntax<LoopbackAddress> MIRROR =
      new Syntax<>(
          "a URL of the loopback interface with a port, such as \"http://127.0.0.1:5050\"",
          Syntax::mirror);

  /** The empty text stands for none. */
  static final Syntax<Optional<LoopbackAddress>> LISTEN_IF_ANY =
      new Syntax<>(
          "a loopback address and a port, such as \"127.0.0.1:5053\", or nothing",
          text ->
              text.isEmpty()
                  ? Optional.of(Optional.empty())
                  : LoopbackAddress.parse(text).flatMap(found -> Optional.of(Optional.of(found))));

  static final Syntax<Target> TARGET =
      new Syntax<>(
          "a registry such as \"docker.io\", or \"" + ALL_OTHERS + "\" for all others",
          Syntax::target);
  static final Syntax<Path> DIRECTORY =
      new Syntax<>("an absolute path", text -> path(text).map(Path::normalize));

  /** The empty text stands for none. */
  static final Syntax<String> HOST_PREFIX =
      new Syntax<>(
          "an absolute path such as \"/host\", or nothing",
          text -> text.isEmpty() ? Optional.of("") : path(text).map(Path::toString));

  /** A path as the host names it. */
  static final Syntax<String> HOST_PATH =
      new Syntax<>("an absolute path of the host", text -> path(text).map(Path::toString));

  /** The same; the empty text stands for none. */
  static final Syntax<Optional<String>> HOST_PATH_IF_ANY =
      new Syntax<>(
          "an absolute path of the host, or nothing",
          text ->
              text.isEmpty()
                  ? Optional.of(Optional.empty())
                  : path(text).flatMap(path -> Optional.of(Optional.of(path.toString()))));

  /** A word in lower case, with digits and hyphens; the empty text stands for none. */
  static final Syntax<Optional<String>> WORD_IF_ANY =
      new Syntax<>("a name such as \"k3s\", or nothing", Syntax::word);

  /** The empty text stands for none. */
  static final Syntax<Optional<String>> VERSION_IF_ANY =
      new Syntax<>("a version such as \"2.1.4\", or nothing", Syntax::version);

  static final Syntax<String> TAINT =
      new Syntax<>(
          "a taint such as \"tarn.dev/starting:NoSchedule\"",
          text -> isTaint(text) ? Optional.of(text) : Optional.empty());

  /** The empty text stands for none. */
  static final Syntax<Optional<String>> NODE_IF_ANY =
      new Syntax<>(
          "the name of a node, or nothing",
          text ->
              text.isEmpty()
                  ? Optional.of(Optional.empty())
                  : isName(text, true, 253) ? Optional.of(Optional.of(text)) : Optional.empty());

  static final Syntax<LogLevel> LOG_LEVEL =
      new Syntax<>("one of trace, debug, info, warn, error", text -> of(LogLevel.values(), text));
  static final Syntax<LogFormat> LOG_FORMAT =
      new Syntax<>("text or json", text -> of(LogFormat.values(), text));

  private static Optional<LoopbackAddress> mirror(String text) {
    String scheme = "http://";
    if (!text.startsWith(scheme)) {
      return Optional.empty();
    }
    int end = text.endsWith("/") ? text.length() - 1 : text.length();
    return LoopbackAddress.parse(text.substring(scheme.length(), Math.max(end, scheme.length())))
        .filter(address -> address.port() > 0);
  }

  private static Optional<Target> target(String text) {
    return text.equals(ALL_OTHERS)
        ? Optional.of(new Target.OfAllOthers())
        : RegistryHost.parse(text).map(Target.OfRegistry::new);
  }

  private static Optional<Path> path(String text) {
    try {
      return text.startsWith("/") && text.length() <= MAX_LENGTH
          ? Optional.of(Path.of(text))
          : Optional.empty();
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static Optional<Optional<String>> word(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
        return Optional.empty();
      }
    }
    return Optional.of(text.isEmpty() ? Optional.empty() : Optional.of(text));
  }

  private static Optional<Optional<String>> version(String text) {
    if (text.isEmpty()) {
      return Optional.of(Optional.empty());
    }
    String bare = text.startsWith("v") ? text.substring(1) : text;
    if (bare.isEmpty() || bare.charAt(0) < '0' || bare.charAt(0) > '9') {
      return Optional.empty();
    }
    return Optional.of(Optional.of(bare));
  }

  /**
   * What {@code taint.Taint} takes for one. That class is not for an agent that takes no taint
   * away.
   */
  private static boolean isTaint(String text) {
    int colon = text.lastIndexOf(':');
    String effect = text.substring(colon + 1);
    if (colon < 0
        || !(effect.equals("NoSchedule")
            || effect.equals("PreferNoSchedule")
            || effect.equals("NoExecute"))) {
      return false;
    }
    String key = text.substring(0, colon);
    int slash = key.indexOf('/');
    return (slash < 0 || isName(key.substring(0, slash), true, 253))
        && isName(key.substring(slash + 1), false, 63);
  }

  /**
   * Whether it has letters, digits, and in between dots and hyphens, as names of Kubernetes have.
   *
   * @param domain whether capital letters and underscores are no part of it
   */
  private static boolean isName(String text, boolean domain, int longest) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inner = c == '.' || c == '-' || (!domain && c == '_');
      boolean plain =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (!domain && c >= 'A' && c <= 'Z');
      if (!plain && !(inner && i > 0 && i < text.length() - 1)) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= longest;
  }

  private static <E extends Enum<E>> Optional<E> of(E[] values, String text) {
    for (E value : values) {
      if (value.toString().equals(text)) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }
}
