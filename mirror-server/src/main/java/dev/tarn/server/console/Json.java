package dev.tarn.server.console;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What a node or a registry answered, as JSON. What is not there, or is of another kind than it
 * should be, reads as nothing: an answer is never more than its reader understands. Immutable.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  private final JsonNode node;

  private Json(JsonNode node) {
    this.node = node;
  }

  /** What {@code bytes} spell; nothing where that is no JSON. */
  public static Json parse(byte[] bytes) {
    try {
      JsonNode read = MAPPER.readTree(bytes);
      return new Json(read == null ? MissingNode.getInstance() : read);
    } catch (JacksonException _) {
      return new Json(MissingNode.getInstance());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A field's value. */
  public Json at(String name) {
    return new Json(node.path(name));
  }

  /** Whether there is something, and not {@code null}. */
  public boolean isThere() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Whether it is an object. */
  public boolean isObject() {
    return node.isObject();
  }

  /** A field's text, without what would make a terminal do something; else empty. */
  public String text(String name) {
    JsonNode value = node.path(name);
    return value.isValueNode() && !value.isNull() ? plain(value.asText()) : "";
  }

  /** Its own text. */
  public String text() {
    return node.isValueNode() && !node.isNull() ? plain(node.asText()) : "";
  }

  /** A field's number; else 0. */
  public long number(String name) {
    return node.path(name).asLong(0);
  }

  /** A field's truth; else false. */
  public boolean is(String name) {
    return node.path(name).asBoolean(false);
  }

  /** The elements of a field that is an array; else none. */
  public List<Json> list(String name) {
    JsonNode array = node.path(name);
    return array.isArray()
        ? StreamSupport.stream(array.spliterator(), false).map(Json::new).toList()
        : List.of();
  }

  /** The sum of the numbers in an object's fields. */
  public long total() {
    long total = 0;
    for (JsonNode value : node) {
      total += value.asLong(0);
    }
    return total;
  }

  private static String plain(String text) {
    return text.codePoints().anyMatch(Character::isISOControl)
        ? text.replaceAll("\\p{Cc}", "?")
        : text;
  }
}
