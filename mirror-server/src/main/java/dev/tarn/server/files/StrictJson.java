package dev.tarn.server.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a JSON document that may hold secrets: an object, no key twice, nothing behind it.
 * What is wrong is said by line and column, never by what stands there.
 */
public final class StrictJson {
  private static final int MAX_DEPTH = 32;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads the value of a field, or leaves it to be passed over. */
  @FunctionalInterface
  public interface Field {
    void read(String name) throws IOException, UnusableException;
  }

  /** Reads with what there is to read from. */
  @FunctionalInterface
  public interface Reading {
    void read(StrictJson json) throws IOException, UnusableException;
  }

  /** Has {@code reading} read the object that {@code bytes} are. */
  public static void read(byte[] bytes, Reading reading) throws UnusableException {
    try (JsonParser parser = JSON.createParser(bytes)) {
      StrictJson json = new StrictJson(parser);
      parser.nextToken();
      json.requireObject("");
      reading.read(json);
      if (parser.nextToken() != null) {
        throw new UnusableException("something follows the JSON object");
      }
    } catch (JsonProcessingException e) {
      @Nullable JsonLocation at = e.getLocation();
      throw new UnusableException(
          "not JSON, nested too deep, or a key twice"
              + (at == null ? "" : ", at line " + at.getLineNr() + ", column " + at.getColumnNr()));
    } catch (IOException e) {
      throw new UnusableException("not JSON: " + e.getClass().getSimpleName());
    }
  }

  /** Every field of the object that this is at. */
  public void fields(String name, Field field) throws IOException, UnusableException {
    requireObject(name);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      field.read(key);
      // Nothing where it was read: then this is at its end.
      parser.skipChildren();
    }
  }

  /** The text that this is at; empty for null. */
  public String text(String name) throws IOException, UnusableException {
    if (isNull()) {
      return "";
    }
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw new UnusableException(name + " is not a text");
    }
    return parser.getText();
  }

  /** Every item of the list that this is at. */
  public void items(String name, Reading item) throws IOException, UnusableException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new UnusableException(name + " is not a list");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      item.read(this);
      parser.skipChildren();
    }
  }

  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  private void requireObject(String name) throws UnusableException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new UnusableException(
          name.isEmpty() ? "not a JSON object" : name + " is not an object");
    }
  }
}
