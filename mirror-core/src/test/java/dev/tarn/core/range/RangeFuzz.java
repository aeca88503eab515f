package dev.tarn.core.range;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whatever a Range header says: the same as the grammar says of it, and never a byte too many. */
class RangeFuzz {
  private static final Pattern ONE_RANGE =
      Pattern.compile("(?i:bytes)=\\p{javaWhitespace}*([0-9]*)-([0-9]*)\\p{javaWhitespace}*");
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final long[] SIZES = {0, 1, 5, 4096, 1L << 32, Long.MAX_VALUE};

  @FuzzTest
  void range(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    RangeRequest request = RangeRequest.parse(header);

    assertThat(request).isEqualTo(byTheGrammar(header));
    assertThat(RangeRequest.parse(printed(request))).isEqualTo(request);
    assertThat(request.firstByteHint()).isNotNegative();
    for (long size : SIZES) {
      check(request, size);
    }
  }

  private static RangeRequest byTheGrammar(String header) {
    Matcher matcher = ONE_RANGE.matcher(header);
    boolean one = matcher.matches() && !(matcher.group(1) + matcher.group(2)).isEmpty();
    if (!one) {
      return new RangeRequest.Whole();
    }
    if (matcher.group(1).isEmpty()) {
      return new RangeRequest.Suffix(number(matcher.group(2)));
    }
    long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
    return new RangeRequest.From(number(matcher.group(1)), last);
  }

  private static long number(String digits) {
    return new BigInteger(digits).min(MAX).longValueExact();
  }

  private static String printed(RangeRequest request) {
    return switch (request) {
      case RangeRequest.Whole _ -> "";
      case RangeRequest.From(long first, long last) -> "bytes=" + first + "-" + last;
      case RangeRequest.Suffix(long length) -> "bytes=-" + length;
    };
  }

  private static void check(RangeRequest request, long size) {
    switch (request.resolve(size)) {
      case RangeRequest.Resolved.Full _ -> assertThat(request).isEqualTo(new RangeRequest.Whole());
      case RangeRequest.Resolved.Unsatisfiable _ ->
          assertThat(request).isNotEqualTo(new RangeRequest.Whole());
      case RangeRequest.Resolved.Partial(ByteRange range) -> {
        assertThat(range.start()).isBetween(0L, size - 1);
        assertThat(range.end()).isBetween(range.start() + 1, size);
        if (request instanceof RangeRequest.From(long first, long last)) {
          assertThat(range.start()).isEqualTo(first);
          assertThat(range.end() - 1).isEqualTo(Math.min(last, size - 1));
        } else if (request instanceof RangeRequest.Suffix(long length)) {
          assertThat(range.end()).isEqualTo(size);
          assertThat(range.length()).isEqualTo(Math.min(length, size));
        }
      }
    }
  }
}
