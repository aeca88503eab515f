package dev.tarn.server.peer.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object of bounded size and depth, in whatever order they came. A field that
 * is missing has a default; what is there in another type than it should be is malformed. One
 * thread.
 */
final class JsonFields {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_NUMBER_LENGTH = 24;
  private static final int MAX_ITEMS = 20_000;
  static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // They are strangers' words.
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_NUMBER_LENGTH)
                  .maxStringLength(PeerProtocol.MAX_MESSAGE_BYTES)
                  .maxNameLength(PeerProtocol.MAX_NAME_LENGTH)
                  .build())
          .build();

  private final Map<String, Object> fields;

  private JsonFields(Map<String, Object> fields) {
    this.fields = fields;
  }

  static JsonFields parse(byte[] message) throws MalformedMessageException {
    if (message.length > PeerProtocol.MAX_MESSAGE_BYTES) {
      throw new MalformedMessageException("too long");
    }
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedMessageException("no JSON object");
      }
      JsonFields read = object(parser, new int[] {MAX_ITEMS});
      if (parser.nextToken() != null) {
        throw new MalformedMessageException("more than one JSON value");
      }
      return read;
    } catch (MalformedMessageException e) {
      throw e;
    } catch (IOException e) {
      throw new MalformedMessageException("no JSON within the bounds", e);
    }
  }

  private static JsonFields object(JsonParser parser, int[] left) throws IOException {
    Map<String, Object> read = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      Object value = value(parser, left);
      if (value != null && read.put(name, value) != null) {
        throw new MalformedMessageException("a field that is there twice");
      }
    }
    return new JsonFields(read);
  }

  private static List<Object> array(JsonParser parser, int[] left) throws IOException {
    List<Object> read = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (left[0]-- == 0) {
        throw new MalformedMessageException("too many items");
      }
      Object value = value(parser, left);
      if (value != null) {
        read.add(value);
      }
    }
    return read;
  }

  private static @Nullable Object value(JsonParser parser, int[] left) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, left);
      case START_ARRAY -> array(parser, left);
      case VALUE_STRING -> parser.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NULL -> null;
      // No field that is known here is of any other type; one that is not known is nobody's.
      default -> parser.currentToken();
    };
  }

  private <T> @Nullable T field(String name, Class<T> type) throws MalformedMessageException {
    Object value = fields.get(name);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw new MalformedMessageException(name + " is of another type");
    }
    return type.cast(value);
  }

  String text(String name) throws MalformedMessageException {
    String value = field(name, String.class);
    return value == null ? "" : value;
  }

  boolean flag(String name) throws MalformedMessageException {
    Boolean value = field(name, Boolean.class);
    return value != null && value;
  }

  /** A number of at least -1, which stands for "not known" throughout. */
  long number(String name, long otherwise) throws MalformedMessageException {
    Long value = field(name, Long.class);
    if (value != null && value < -1) {
      throw new MalformedMessageException(name + " is out of range");
    }
    return value == null ? otherwise : value;
  }

  /** Sixteen bits. */
  int bits(String name) throws MalformedMessageException {
    long value = number(name, 0);
    if (value < 0 || value > 0xffff) {
      throw new MalformedMessageException(name + " is out of range");
    }
    return (int) value;
  }

  int count(String name, int otherwise) throws MalformedMessageException {
    long value = number(name, otherwise);
    if (value > Integer.MAX_VALUE) {
      throw new MalformedMessageException(name + " is out of range");
    }
    return (int) value;
  }

  /** The blob that the fields {@code registry} and {@code digest} name. */
  BlobKey key() throws MalformedMessageException {
    Optional<RegistryHost> registry = RegistryHost.parse(text("registry"));
    Optional<Digest> digest = Digest.parse(text("digest"));
    if (registry.isEmpty() || digest.isEmpty()) {
      throw new MalformedMessageException("no registry and digest");
    }
    return new BlobKey(registry.get(), digest.get());
  }

  /** A node's name, or nothing. */
  String nameOrEmpty(String field) throws MalformedMessageException {
    String name = text(field);
    return name.isEmpty() ? name : checked(field, name);
  }

  String name(String field) throws MalformedMessageException {
    return checked(field, text(field));
  }

  private static String checked(String field, String name) throws MalformedMessageException {
    if (!PeerProtocol.isNodeName(name)) {
      throw new MalformedMessageException(field + " is no node's name");
    }
    return name;
  }

  List<String> names(String field) throws MalformedMessageException {
    List<String> names = new ArrayList<>();
    for (String name : items(field, String.class)) {
      names.add(checked(field, name));
    }
    return names;
  }

  List<Integer> counts(String field) throws MalformedMessageException {
    List<Integer> counts = new ArrayList<>();
    for (Long one : items(field, Long.class)) {
      if (one < -1 || one > Integer.MAX_VALUE) {
        throw new MalformedMessageException(field + " is out of range");
      }
      counts.add(one.intValue());
    }
    return counts;
  }

  List<JsonFields> objects(String field) throws MalformedMessageException {
    return items(field, JsonFields.class);
  }

  @Nullable JsonFields object(String field) throws MalformedMessageException {
    return field(field, JsonFields.class);
  }

  private <T> List<T> items(String field, Class<T> type) throws MalformedMessageException {
    List<?> list = field(field, List.class);
    List<T> items = new ArrayList<>();
    for (Object item : list == null ? List.of() : list) {
      if (!type.isInstance(item)) {
        throw new MalformedMessageException(field + " holds another type");
      }
      items.add(type.cast(item));
    }
    return items;
  }
}
