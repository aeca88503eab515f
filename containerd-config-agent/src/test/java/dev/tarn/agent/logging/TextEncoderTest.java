package dev.tarn.agent.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.KeyValuePair;

class TextEncoderTest {
  private final TextEncoder encoder = new TextEncoder();

  @ParameterizedTest
  @CsvSource({
    "2026-02-03T04:05:06.007Z, 2026-02-03T04:05:06.007Z",
    "2026-12-31T23:59:59.999Z, 2026-12-31T23:59:59.999Z",
    "2028-02-29T10:20:30.4Z, 2028-02-29T10:20:30.400Z",
    "1970-01-01T00:00:00Z, 1970-01-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z, 1969-12-31T23:59:59.999Z"
  })
  void timeHasMilliseconds(String instant, String written) {
    assertThat(line(event(Instant.parse(instant), "m", null))).startsWith(written + " INFO ");
  }

  @Test
  void timeIsThatOfTheFormattersOfTheJdk() {
    DateTimeFormatter formatter =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    Random random = new Random(4);
    for (int i = 0; i < 1000; i++) {
      Instant instant = Instant.ofEpochMilli(random.nextLong(1L << 45));

      assertThat(line(event(instant, "m", null))).startsWith(formatter.format(instant) + " ");
    }
  }

  @Test
  void whateverIsInAValueItStaysOneLine() {
    LoggingEvent event = event(Instant.EPOCH, "entry_failed", null);
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("why", "a \"b\"\nINFO forged"),
            new KeyValuePair("times", 3),
            new KeyValuePair("none", ""),
            new KeyValuePair("url", "https://user:secret@harbor.example/v2")));

    assertThat(line(event))
        .isEqualTo(
            "1970-01-01T00:00:00.000Z INFO  tarn.agent entry_failed"
                + " why=\"a \\\"b\\\"\\u000aINFO forged\" times=3 none=\"\""
                + " url=https://…@harbor.example/v2\n");
  }

  @Test
  void causesAreShownWithTheirFrames() {
    Throwable thrown = new IllegalStateException("outer\nforged", new IOException("inner"));

    assertThat(line(event(Instant.EPOCH, "failed", thrown)).lines())
        .contains("  java.lang.IllegalStateException: outer\\u000aforged")
        .contains("  caused by java.io.IOException: inner")
        .anyMatch(line -> line.startsWith("    at " + TextEncoderTest.class.getName()));
  }

  private String line(LoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private static LoggingEvent event(Instant instant, String message, @Nullable Throwable thrown) {
    LoggingEvent event =
        new LoggingEvent(
            "", new LoggerContext().getLogger("tarn.agent"), Level.INFO, message, thrown, null);
    event.setInstant(instant);
    return event;
  }
}
