package dev.tarn.server.upstream;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The {@code RateLimit-Remaining} header as Docker Hub sends it: {@code 76;w=21600}, or the number
 * alone.
 *
 * @see <a href="https://docs.docker.com/docker-hub/usage/pulls/">Docker Hub pull usage and
 *     limits</a>
 */
final class Quota {
  static final String HEADER = "RateLimit-Remaining";
  private static final int MAX_DIGITS = 15;

  private Quota() {}

  /** How many requests are left, where the header tells. */
  static OptionalLong remaining(@Nullable String value) {
    String text = value == null ? "" : value.strip();
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    boolean number = end > 0 && end <= MAX_DIGITS;
    boolean over = end == text.length() || ";, ".indexOf(text.charAt(end)) >= 0;
    return number && over
        ? OptionalLong.of(Long.parseLong(text.substring(0, end)))
        : OptionalLong.empty();
  }
}
