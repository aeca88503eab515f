package dev.tarn.core.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.range.RangeRequest.From;
import dev.tarn.core.range.RangeRequest.Resolved;
import dev.tarn.core.range.RangeRequest.Suffix;
import dev.tarn.core.range.RangeRequest.Whole;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeRequestTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=0-499, 0, 499",
    "bytes=9-10, 9, 10",
    "BYTES=1-2, 1, 2",
    "Bytes= 1-2 , 1, 2",
    "bytes=0-, 0, 9223372036854775807",
    "bytes=7-, 7, 9223372036854775807",
    "bytes=007-008, 7, 8",
    "bytes=1-99999999999999999999, 1, 9223372036854775807",
    "bytes=9223372036854775807-9223372036854775807, 9223372036854775807, 9223372036854775807",
    "bytes=9223372036854775806-9223372036854775808, 9223372036854775806, 9223372036854775807",
  })
  void aRangeFromAFirstByteIsParsed(String header, long first, long last) {
    assertThat(RangeRequest.parse(header)).isEqualTo(new From(first, last));
  }

  @ParameterizedTest
  @CsvSource({"bytes=-0, 0", "bytes=-5, 5", "bytes=-99999999999999999999, 9223372036854775807"})
  void aSuffixIsParsed(String header, long length) {
    assertThat(RangeRequest.parse(header)).isEqualTo(new Suffix(length));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5",
        "bytes=a-b",
        "bytes=1-b",
        "bytes=a-",
        "bytes=--1",
        "bytes=1--2",
        "bytes=0-1,3-4",
        "bytes=-1,3-4",
        "bytes=+1-2",
        "bytes=1 -2",
        "bytes=1-:",
        "bytes=/-2",
        "items=0-1",
        "byte=0-1",
        "xbytes=0-1",
      })
  void anythingElseMeansAllOfIt(String header) {
    assertThat(RangeRequest.parse(header)).isEqualTo(new Whole());
  }

  @ParameterizedTest
  @CsvSource({
    // header, size, start, end; start and end empty where it cannot be satisfied
    "bytes=0-0, 10, 0, 1",
    "bytes=0-, 10, 0, 10",
    "bytes=9-, 10, 9, 10",
    "bytes=9-100, 10, 9, 10",
    "bytes=3-9, 10, 3, 10",
    "bytes=3-8, 10, 3, 9",
    "bytes=10-, 10, , ",
    "bytes=11-, 10, , ",
    "bytes=0-, 0, , ",
    "bytes=-1, 10, 9, 10",
    "bytes=-10, 10, 0, 10",
    "bytes=-11, 10, 0, 10",
    "bytes=2-1, 10, , ",
    "bytes=-0, 10, , ",
    "bytes=-1, 0, , ",
    "bytes=0-9223372036854775807, 10, 0, 10",
  })
  void aRangeIsResolvedOnceTheSizeIsKnown(String header, long size, Long start, Long end) {
    Resolved expected =
        start == null
            ? new Resolved.Unsatisfiable()
            : new Resolved.Partial(new ByteRange(start, end));
    assertThat(RangeRequest.parse(header).resolve(size)).isEqualTo(expected);
  }

  @Test
  void allOfItIsAllOfItWhateverTheSize() {
    assertThat(new Whole().resolve(0)).isEqualTo(new Resolved.Full());
    assertThat(new Whole().resolve(10)).isEqualTo(new Resolved.Full());
  }

  @Test
  void onlyARangeFromAFirstByteHintsAtIt() {
    assertThat(new From(7, 9).firstByteHint()).isEqualTo(7);
    assertThat(new Suffix(7).firstByteHint()).isZero();
    assertThat(new Whole().firstByteHint()).isZero();
  }

  @Test
  void whateverIsAskedAPartLiesWithinTheContent() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      long size = random.nextInt(20);
      long first = random.nextInt(25);
      long last = random.nextInt(25);
      String header =
          switch (random.nextInt(3)) {
            case 0 -> "bytes=" + first + "-" + last;
            case 1 -> "bytes=" + first + "-";
            default -> "bytes=-" + first;
          };
      switch (RangeRequest.parse(header).resolve(size)) {
        case Resolved.Full _ -> throw new AssertionError(header + " is a range");
        case Resolved.Unsatisfiable _ -> {
          boolean suffix = header.startsWith("bytes=-");
          boolean backwards = header.endsWith("-" + last) && last < first && !suffix;
          assertThat(backwards || (suffix ? first == 0 || size == 0 : first >= size))
              .as(header)
              .isTrue();
        }
        case Resolved.Partial partial -> {
          ByteRange range = partial.range();
          assertThat(range.start()).as(header).isNotNegative().isLessThan(range.end());
          assertThat(range.end()).as(header).isLessThanOrEqualTo(size);
        }
      }
    }
  }

  @Test
  void randomTextNeverThrows() {
    Random random = new Random(4);
    String alphabet = "bytes=0129-, ;x٣";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "bytes=" : "");
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(RangeRequest.parse(text.toString()).resolve(random.nextInt(100))).isNotNull();
    }
  }

  @Test
  void aByteRangeIsNeverEmptyOrNegative() {
    assertThat(new ByteRange(0, 1).length()).isEqualTo(1);
    assertThat(new ByteRange(3, 10).length()).isEqualTo(7);
    assertThatThrownBy(() -> new ByteRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(5, 5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(5, 4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void contentRangeNamesTheLastByteInclusively() {
    assertThat(new ByteRange(0, 1).contentRange(10)).isEqualTo("bytes 0-0/10");
    assertThat(new ByteRange(3, 10).contentRange(10)).isEqualTo("bytes 3-9/10");
  }
}
