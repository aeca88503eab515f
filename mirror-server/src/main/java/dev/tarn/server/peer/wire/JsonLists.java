package dev.tarn.server.peer.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tarn.core.placement.Placement;
import java.io.IOException;
import java.util.List;

/** Lists of plain values as JSON. Pure functions. */
final class JsonLists {
  /** The last segment that can have a chunk with a number. */
  static final int MAX_SEGMENT = Integer.MAX_VALUE / Placement.SEGMENT_CHUNKS - 1;

  private JsonLists() {}

  static void texts(JsonGenerator json, String name, List<?> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object value : values) {
      json.writeString(value.toString());
    }
    json.writeEndArray();
  }

  static void numbers(JsonGenerator json, String name, List<Integer> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (int value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }
}
