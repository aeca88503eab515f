package dev.tarn.server.trace;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The span that a request was sent in, of a trace that is recorded: hexadecimal digits, and so
 * harmless wherever they are shown.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">Trace Context, 3.2</a>
 */
public final class TraceParent {
  public static final String HEADER = "traceparent";

  /** Version 00 alone, neither id all zeros, and the flag that says it is recorded. */
  private static final Pattern SAMPLED =
      Pattern.compile("00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f][13579bdf]");

  private final String traceId;
  private final String spanId;

  private TraceParent(String traceId, String spanId) {
    this.traceId = traceId;
    this.spanId = spanId;
  }

  /**
   * Parses what a client sent, whoever it is.
   *
   * @param values of the header, one for each time that it was sent
   * @return null where it was not sent once, makes no sense, or the trace is not recorded
   */
  public static @Nullable TraceParent of(List<String> values) {
    if (values.size() != 1) {
      return null;
    }
    Matcher matcher = SAMPLED.matcher(values.getFirst());
    return matcher.matches() ? new TraceParent(matcher.group(1), matcher.group(2)) : null;
  }

  /** 32 hexadecimal digits. */
  public String traceId() {
    return traceId;
  }

  /** 16 hexadecimal digits. */
  public String spanId() {
    return spanId;
  }
}
