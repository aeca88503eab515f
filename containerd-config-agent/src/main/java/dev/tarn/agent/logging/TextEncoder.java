package dev.tarn.agent.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as a line for people, as the server does: time, level, logger, message, {@code
 * key=value}. Whatever is in a value, it stays one line. Only stack traces have more.
 */
final class TextEncoder extends EncoderBase<ILoggingEvent> {
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
    time(line, event.getTimeStamp());
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

  /** In UTC, with milliseconds; the JDK's formatters would take memory for a lifetime. */
  private static void time(StringBuilder out, long millis) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), 0, ZoneOffset.UTC);
    padded(out, time.getYear(), 4).append('-');
    padded(out, time.getMonthValue(), 2).append('-');
    padded(out, time.getDayOfMonth(), 2).append('T');
    padded(out, time.getHour(), 2).append(':');
    padded(out, time.getMinute(), 2).append(':');
    padded(out, time.getSecond(), 2).append('.');
    padded(out, Math.floorMod(millis, 1000), 3).append('Z');
  }

  private static StringBuilder padded(StringBuilder out, int number, int digits) {
    String text = Integer.toString(number);
    return out.repeat("0", Math.max(0, digits - text.length())).append(text);
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

  /** The class's name without its package; {@code tarn.agent} stays whole. */
  private static String shortName(String logger) {
    return logger.startsWith("tarn.") ? logger : logger.substring(logger.lastIndexOf('.') + 1);
  }

  private static void appendValue(StringBuilder out, String value) {
    boolean plain = !value.isEmpty();
    for (int i = 0; i < value.length() && plain; i++) {
      plain = value.charAt(i) > ' ' && value.charAt(i) != '"';
    }
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
            Character.PARAGRAPH_SEPARATOR -> {
          out.append("\\u");
          for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((c >> shift) & 15, 16));
          }
        }
        default -> out.append(c);
      }
    }
  }
}
