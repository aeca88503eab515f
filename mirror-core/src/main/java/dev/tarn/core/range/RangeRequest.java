package dev.tarn.core.range;

import org.jspecify.annotations.Nullable;

/**
 * What a {@code Range} header asks for, before the size of the content is known.
 *
 * <p>Anything that RFC 9110 lets a server ignore is {@link Whole}: another unit, several ranges, a
 * header that does not parse.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-14.2">RFC 9110, Range</a>
 */
public sealed interface RangeRequest {

  /** All of it, answered 200. */
  record Whole() implements RangeRequest {}

  /**
   * {@code bytes=first-last}, or {@code bytes=first-} with {@code last} at its maximum. Where
   * {@code last} comes before {@code first} nothing can satisfy it: registries answer that with
   * 416.
   */
  record From(long first, long last) implements RangeRequest {}

  /** {@code bytes=-length}. */
  record Suffix(long length) implements RangeRequest {}

  /** What a range request comes to, once the size is known. */
  sealed interface Resolved {
    /** 200 with everything. */
    record Full() implements Resolved {}

    /** 206 with this part. */
    record Partial(ByteRange range) implements Resolved {}

    /** 416. */
    record Unsatisfiable() implements Resolved {}
  }

  /** Parses a {@code Range} header value; null stands for a missing header. */
  static RangeRequest parse(@Nullable String header) {
    if (header == null || !header.regionMatches(true, 0, "bytes=", 0, 6)) {
      return new Whole();
    }
    String spec = header.substring(6).strip();
    int dash = spec.indexOf('-');
    if (dash < 0 || spec.indexOf(',') >= 0) {
      return new Whole();
    }
    if (dash == 0) {
      long length = number(spec.substring(1));
      return length < 0 ? new Whole() : new Suffix(length);
    }
    long first = number(spec.substring(0, dash));
    String lastText = spec.substring(dash + 1);
    long last = lastText.isEmpty() ? Long.MAX_VALUE : number(lastText);
    return first < 0 || last < 0 ? new Whole() : new From(first, last);
  }

  /** The first byte that is wanted where that is known without the size; else 0. */
  default long firstByteHint() {
    return switch (this) {
      case Whole _, Suffix _ -> 0;
      case From from -> from.first();
    };
  }

  /** What this request comes to for content of {@code size} bytes. */
  default Resolved resolve(long size) {
    return switch (this) {
      case Whole _ -> new Resolved.Full();
      case From from ->
          from.first() >= size || from.last() < from.first()
              ? new Resolved.Unsatisfiable()
              : new Resolved.Partial(
                  new ByteRange(from.first(), Math.min(from.last(), size - 1) + 1));
      case Suffix suffix ->
          suffix.length() == 0 || size == 0
              ? new Resolved.Unsatisfiable()
              : new Resolved.Partial(new ByteRange(Math.max(0, size - suffix.length()), size));
    };
  }

  /** The decimal number that {@code digits} spells, saturated; -1 where it is none. */
  private static long number(String digits) {
    if (digits.isEmpty()) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
    }
    return value;
  }
}
