package dev.tarn.server.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON objects, and reads what others wrote. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_DEPTH = 8;

  private Json() {}

  /** Fields of an object, or values of an array. */
  interface Part {
    void write(JsonGenerator json) throws IOException;
  }

  /** What is written of each of several. */
  interface Each<T> {
    void write(JsonGenerator json, T value) throws IOException;
  }

  /**
   * Reads what somebody wrote: maps, lists, texts, whole numbers, truth values and null. Other
   * numbers count as null.
   *
   * @throws IOException where it is not JSON, or too deep
   */
  static @Nullable Object read(String text) throws IOException {
    try (JsonParser json = FACTORY.createParser(text)) {
      json.nextToken();
      Object value = value(json, MAX_DEPTH);
      if (json.nextToken() != null) {
        throw new IOException("more than one value");
      }
      return value;
    }
  }

  /** A field that is a count; 0 where it is none. */
  static long number(Map<?, ?> json, String name) {
    return json.get(name) instanceof Long value && value > 0 ? value : 0;
  }

  private static @Nullable Object value(JsonParser json, int depth) throws IOException {
    if (depth == 0) {
      throw new IOException("too deep");
    }
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          json.nextToken();
          fields.put(name, value(json, depth - 1));
        }
        yield fields;
      }
      case START_ARRAY -> {
        List<@Nullable Object> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          values.add(value(json, depth - 1));
        }
        yield values;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT ->
          json.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? null : json.getLongValue();
      case VALUE_NUMBER_FLOAT, VALUE_NULL -> null;
      case null, default -> throw new IOException("not JSON");
    };
  }

  /** An object, and a line break. */
  static String object(Part fields) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It is memory.
    }
    return out.append('\n').toString();
  }

  static void object(JsonGenerator json, String name, Part fields) throws IOException {
    json.writeObjectFieldStart(name);
    fields.write(json);
    json.writeEndObject();
  }

  /** An array of objects. */
  static <T> void array(JsonGenerator json, String name, Collection<T> values, Each<T> fields)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (T value : values) {
      json.writeStartObject();
      fields.write(json, value);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
