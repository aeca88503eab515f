package dev.tarn.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a scalar is written.
 *
 * @param expected what to tell someone who wrote something else
 * @param parser the value, or empty where the text is none
 */
record Syntax<T>(String expected, Function<String, Optional<T>> parser) {
  private static final Pattern DURATION_TEXT = Pattern.compile("([0-9]{1,12}) ?(ms|s|m|h|d)");

  /** A hundred years: what is longer could not be counted in nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern SIZE_TEXT =
      Pattern.compile("([0-9]{1,19}) ?(|B|Ki|KiB|Mi|MiB|Gi|GiB|Ti|TiB)");
  private static final Pattern PERCENT_TEXT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?) ?%");
  private static final Pattern LISTEN_TEXT =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%a-z]+)]|([^\\s:/\\[\\]]+)):([0-9]{1,5})");
  private static final Pattern TARGET_TEXT =
      Pattern.compile(
          "[0-9]+(?:\\.[0-9]+){3}(?:/[0-9]{1,2})?"
              + "|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*(?:/[0-9]{1,3})?"
              + "|(?:\\*\\.)?[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");

  private static final Pattern NAME_TEXT =
      Pattern.compile("|[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?");

  private static final Pattern HOST_TEXT =
      Pattern.compile("[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63})*|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*");

  static final Syntax<Integer> COUNT = new Syntax<>("a whole number", Syntax::count);
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
      new Syntax<>("a duration such as 500ms, 5s, 10m or 24h", Syntax::duration);
  static final Syntax<Long> SIZE =
      new Syntax<>("a size such as 100GiB, 512MiB or a number of bytes", Syntax::size);
  static final Syntax<Percent> PERCENT =
      new Syntax<>("a percentage between 0% and 100%, such as 20%", Syntax::percent);
  static final Syntax<ListenAddress> LISTEN =
      new Syntax<>("an address and a port such as 127.0.0.1:5050", Syntax::listenAddress);
  static final Syntax<Path> PATH = new Syntax<>("a path", Syntax::path);

  /** The empty text stands for none. */
  static final Syntax<Optional<Path>> PATH_IF_ANY =
      new Syntax<>(
          "a path, or nothing",
          text ->
              text.isEmpty()
                  ? Optional.of(Optional.empty())
                  : path(text).flatMap(path -> Optional.of(Optional.of(path))));

  static final Syntax<LogLevel> LOG_LEVEL =
      new Syntax<>("one of trace, debug, info, warn, error", text -> of(LogLevel.values(), text));
  static final Syntax<LogFormat> LOG_FORMAT =
      new Syntax<>("text or json", text -> of(LogFormat.values(), text));
  static final Syntax<String> TARGET =
      new Syntax<>(
          "an address, a network such as 10.0.0.0/8, a host name or *.suffix",
          text -> TARGET_TEXT.matcher(text).matches() ? Optional.of(text) : Optional.empty());

  /** The empty text stands for none. */
  static final Syntax<Optional<URI>> URL_IF_ANY =
      new Syntax<>(
          "a URL such as https://10.0.0.1:6443",
          text ->
              text.isEmpty()
                  ? Optional.of(Optional.empty())
                  : url(text).flatMap(url -> Optional.of(Optional.of(url))));

  static final Syntax<URI> URL =
      new Syntax<>("a URL such as https://registry.example.com", Syntax::url);
  static final Syntax<RepositoryPattern> PATTERN =
      new Syntax<>("a pattern such as library/*", Syntax::pattern);
  static final Syntax<TagPattern> TAG_PATTERN =
      new Syntax<>("a tag in which * stands for any characters", Syntax::tagPattern);

  static final Syntax<PeerMode> PEER_MODE =
      new Syntax<>("one of none, static, dns, kubernetes", text -> of(PeerMode.values(), text));
  static final Syntax<OutagePolicy> OUTAGE_POLICY =
      new Syntax<>("serve or refuse", text -> of(OutagePolicy.values(), text));
  static final Syntax<PeerAddress> PEER =
      new Syntax<>(
          "a node such as node-1=10.0.0.1:5051 or zone-a/node-1=10.0.0.1:5051", PeerAddress::parse);

  /** Of a node, a zone, a namespace, a Service or a host; the empty text stands for none. */
  static final Syntax<String> NAME =
      new Syntax<>(
          "a name such as node-1",
          text -> NAME_TEXT.matcher(text).matches() ? Optional.of(text) : Optional.empty());

  /** A host without a port, in lower case. */
  static final Syntax<String> HOST =
      new Syntax<>(
          "a host such as auth.example.com",
          text -> {
            String lower = text.toLowerCase(Locale.ROOT);
            return HOST_TEXT.matcher(lower).matches() ? Optional.of(lower) : Optional.empty();
          });

  static final Syntax<String> TEXT = new Syntax<>("a text", Optional::of);
  static final Syntax<Duration> GO_DURATION =
      new Syntax<>("a duration such as 12h0m0s", GoDuration::parse);

  private static Optional<Integer> count(String text) {
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION_TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        };
    return duration.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(duration);
  }

  private static Optional<Long> size(String text) {
    Matcher matcher = SIZE_TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int shift =
        switch (matcher.group(2)) {
          case "Ki", "KiB" -> 10;
          case "Mi", "MiB" -> 20;
          case "Gi", "GiB" -> 30;
          case "Ti", "TiB" -> 40;
          default -> 0;
        };
    try {
      return Optional.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
    } catch (ArithmeticException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Percent> percent(String text) {
    Matcher matcher = PERCENT_TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double value = Double.parseDouble(matcher.group(1));
    return value <= 100 ? Optional.of(new Percent(value)) : Optional.empty();
  }

  private static Optional<ListenAddress> listenAddress(String text) {
    Matcher matcher = LISTEN_TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    int port = Integer.parseInt(matcher.group(3));
    return port <= 65_535 ? Optional.of(new ListenAddress(host, port)) : Optional.empty();
  }

  private static Optional<Path> path(String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private static Optional<URI> url(String text) {
    try {
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) == '/') {
        end--;
      }
      return Optional.of(new URI(text.substring(0, end)));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private static Optional<RepositoryPattern> pattern(String text) {
    try {
      return Optional.of(new RepositoryPattern(text));
    } catch (InvalidConfigurationException _) {
      return Optional.empty();
    }
  }

  private static Optional<TagPattern> tagPattern(String text) {
    try {
      return Optional.of(TagPattern.of(text));
    } catch (InvalidConfigurationException _) {
      return Optional.empty();
    }
  }

  private static <E extends Enum<E>> Optional<E> of(E[] values, String text) {
    for (E value : values) {
      if (value.toString().equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** {@code duration} as this syntax writes it. */
  static String print(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }

  /** {@code bytes} as this syntax writes it. */
  static String print(long bytes) {
    String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    long amount = bytes;
    while (amount != 0 && amount % 1024 == 0 && unit < units.length - 1) {
      amount /= 1024;
      unit++;
    }
    return amount + units[unit];
  }
}
