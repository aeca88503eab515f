package dev.tarn.server.logging;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as one JSON object a line, by Logback's own encoder; but an event's keys and
 * values are one object with the numbers as numbers, which log stores can query, and not a list.
 */
final class EventJsonEncoder extends JsonEncoder {
  EventJsonEncoder() {
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithMDC(false);
    setWithMarkers(false);
    setWithArguments(false);
    setWithMessage(false);
    setWithFormattedMessage(true);
  }

  @Override
  protected void appendKeyValuePairs(StringBuilder out, ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs == null || pairs.isEmpty()) {
      return;
    }
    out.append(",\"fields\":{");
    String separator = "";
    for (KeyValuePair pair : pairs) {
      out.append(separator);
      separator = ",";
      if (pair.value instanceof Long || pair.value instanceof Integer) {
        out.append('"').append(JsonEscapeUtil.jsonEscapeString(pair.key)).append("\":");
        out.append(pair.value);
      } else {
        appenderMember(out, pair.key, String.valueOf(pair.value));
      }
    }
    out.append('}');
  }

  /** Every text that is written passes here. */
  @Override
  protected void appenderMember(StringBuilder out, String key, String value) {
    String clean = Redaction.clean(value);
    out.append('"').append(JsonEscapeUtil.jsonEscapeString(key)).append("\":\"");
    out.append(JsonEscapeUtil.jsonEscapeString(clean)).append('"');
  }
}
