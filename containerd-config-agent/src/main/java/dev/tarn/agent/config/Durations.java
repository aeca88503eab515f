package dev.tarn.agent.config;

import java.time.Duration;
import java.util.Optional;

/** Durations as the server's configuration writes them: {@code 500ms}, {@code 10s}, {@code 2m}. */
final class Durations {
  private static final int MAX_DIGITS = 9;

  private Durations() {}

  static Optional<Duration> parse(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    if (digits == 0 || digits > MAX_DIGITS) {
      return Optional.empty();
    }
    int unit = digits < text.length() && text.charAt(digits) == ' ' ? digits + 1 : digits;
    long amount = Long.parseLong(text.substring(0, digits));
    return switch (text.substring(unit)) {
      case "ms" -> Optional.of(Duration.ofMillis(amount));
      case "s" -> Optional.of(Duration.ofSeconds(amount));
      case "m" -> Optional.of(Duration.ofMinutes(amount));
      case "h" -> Optional.of(Duration.ofHours(amount));
      case "d" -> Optional.of(Duration.ofDays(amount));
      default -> Optional.empty();
    };
  }

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
}
