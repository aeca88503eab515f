package dev.tarn.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as a line for people: time, level, logger, message, {@code key=value}. Whatever
 * is in a value, it stays one line: control characters are escaped. Only stack traces have more.
 */
final class TextEncoder extends EncoderBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final byte[] NOTHING = {};
  private static final int LEVEL_WIDTH = 5;
  private static final int MAX_CAUSES = 8;

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(256);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).repeat(" ", LEVEL_WIDTH - level.length());
    line.append(' ').append(shortName(event.getLoggerName())).append(' ');
    appendEscaped(line, Redaction.clean(String.valueOf(event.getFormattedMessage())));
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        line.append(' ').append(pair.key).append('=');
        appendValue(line, Redaction.clean(String.valueOf(pair.value)));
      }
    }
    line.append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int depth = 0; thrown != null && depth < MAX_CAUSES; depth++) {
      appendThrown(line, thrown, depth > 0);
      thrown = thrown.getCause();
    }
    return line.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void appendThrown(StringBuilder out, IThrowableProxy thrown, boolean cause) {
    out.append(cause ? "  caused by " : "  ").append(thrown.getClassName());
    if (thrown.getMessage() != null) {
      appendEscaped(out.append(": "), Redaction.clean(thrown.getMessage()));
    }
    out.append('\n');
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    int shown = frames.length - thrown.getCommonFrames();
    for (int i = 0; i < shown; i++) {
      out.append("    ").append(frames[i].getSTEAsString()).append('\n');
    }
  }

  /** The class's name without its package; {@code tarn.access} stays whole. */
  private static String shortName(String logger) {
    return logger.startsWith("tarn.") ? logger : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static void appendValue(StringBuilder out, String value) {
    boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '"');
    if (plain) {
      appendEscaped(out, value);
    } else {
      out.append('"');
      appendEscaped(out, value.replace("\\", "\\\\").replace("\"", "\\\""));
      out.append('"');
    }
  }

  private static void appendEscaped(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR ->
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        default -> out.append(c);
      }
    }
  }
}
