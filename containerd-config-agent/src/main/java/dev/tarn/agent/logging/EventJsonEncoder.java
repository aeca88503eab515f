package dev.tarn.agent.logging;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Writes an event as one JSON object a line, as the server does: by Logback's own encoder, but with
 * an event's keys and values as one object, and numbers as numbers.
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
    String separator = ",\"fields\":{\"";
    for (KeyValuePair pair : pairs) {
      out.append(separator).append(JsonEscapeUtil.jsonEscapeString(pair.key)).append("\":");
      separator = ",\"";
      if (pair.value instanceof Long || pair.value instanceof Integer) {
        out.append(pair.value);
      } else {
        String text = Redaction.clean(String.valueOf(pair.value));
        out.append('"').append(JsonEscapeUtil.jsonEscapeString(text)).append('"');
      }
    }
    out.append('}');
  }
}
