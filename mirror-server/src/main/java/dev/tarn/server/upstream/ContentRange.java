package dev.tarn.server.upstream;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code Content-Range} of a 206: first and last offset, and the whole size or -1.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.4">RFC 9110, section 14.4</a>
 */
record ContentRange(long first, long last, long total) {
  private static final Pattern SYNTAX =
      Pattern.compile("bytes +([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

  /** The range that {@code text} spells, or empty where it spells none that can be. */
  static Optional<ContentRange> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    long total = matcher.group(3).equals("*") ? -1 : Long.parseLong(matcher.group(3));
    return first <= last && (total < 0 || last < total)
        ? Optional.of(new ContentRange(first, last, total))
        : Optional.empty();
  }

  long length() {
    return last - first + 1;
  }
}
