package dev.tarn.server.membership;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Walks through JSON as it comes, and passes over what nobody asks for. Of one thread each. */
public final class Json {
  private Json() {}

  /** Reads the value of a field: all of it, or nothing. */
  @FunctionalInterface
  public interface Field {
    void read(String name) throws IOException;
  }

  /** Reads an element: all of it, or nothing. */
  @FunctionalInterface
  public interface Element {
    void read() throws IOException;
  }

  /** Every field of the object that {@code json} is at; none where it is at something else. */
  public static void fields(JsonParser json, Field field) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      field.read(name);
      // Nothing where it was read: then this is at its end.
      json.skipChildren();
    }
  }

  /** Every element of the array that {@code json} is at; none where it is at something else. */
  public static void elements(JsonParser json, Element element) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      element.read();
      json.skipChildren();
    }
  }

  /** The text that {@code json} is at; empty where it is at something else. */
  public static String text(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : "";
  }
}
