package dev.tarn.server.membership.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tarn.server.membership.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the JSON of one object what is used of it: an EndpointSlice, or a Status in its place.
 * Used once, by one thread.
 *
 * <p>What the API leaves out has the meaning that {@code discovery.k8s.io/v1} gives it: an endpoint
 * is serving unless it says otherwise. {@code serving} goes before {@code ready}, which is always
 * true where a Service publishes addresses that are not ready.
 */
final class SliceReader {
  /** What the port of the peer endpoint is called in the Service. */
  static final String PORT_NAME = "peer";

  private final Map<String, String> texts;
  private final List<Slice.Endpoint> endpoints = new ArrayList<>();
  private String kind = "";
  private String name = "";
  private String resourceVersion = "";
  private String addressType = "";
  private int port;
  private int code;
  private String message = "";

  /**
   * Nothing was read yet.
   *
   * @param texts one copy of each zone, since a few zones name thousands of endpoints
   */
  SliceReader(Map<String, String> texts) {
    this.texts = texts;
  }

  /** What is read from {@code json}, which is at the start of an object; it is then at its end. */
  static SliceReader read(JsonParser json, Map<String, String> texts) throws IOException {
    SliceReader reader = new SliceReader(texts);
    Json.fields(json, field -> reader.field(json, field));
    return reader;
  }

  String kind() {
    return kind;
  }

  /** The HTTP status that a Status has, 0 where it has none. */
  int code() {
    return code;
  }

  String message() {
    return message;
  }

  /** The slice; without endpoints where its addresses are host names. */
  Slice slice() {
    Optional<Slice.Family> family =
        switch (addressType) {
          case "IPv4" -> Optional.of(Slice.Family.IPV4);
          case "IPv6" -> Optional.of(Slice.Family.IPV6);
          default -> Optional.empty();
        };
    return new Slice(
        name,
        resourceVersion,
        family.orElse(Slice.Family.IPV4),
        port,
        family.isPresent() ? endpoints : List.of());
  }

  private void field(JsonParser json, String field) throws IOException {
    switch (field) {
      case "kind" -> kind = Json.text(json);
      case "metadata" -> Json.fields(json, inner -> metadata(json, inner));
      case "addressType" -> addressType = Json.text(json);
      case "endpoints" -> Json.elements(json, () -> endpoint(json).ifPresent(endpoints::add));
      case "ports" -> Json.elements(json, () -> port(json));
      case "code" -> code = json.getValueAsInt();
      case "message" -> message = Json.text(json);
      default -> {}
    }
  }

  private void metadata(JsonParser json, String field) throws IOException {
    switch (field) {
      case "name" -> name = Json.text(json);
      case "resourceVersion" -> resourceVersion = Json.text(json);
      default -> {}
    }
  }

  /** The port of the peer endpoint; others are passed over. */
  private void port(JsonParser json) throws IOException {
    Port found = new Port();
    Json.fields(
        json,
        field -> {
          switch (field) {
            case "name" -> found.name = Json.text(json);
            case "port" -> found.number = json.getValueAsInt();
            default -> {}
          }
        });
    if (found.name.equals(PORT_NAME)) {
      port = found.number;
    }
  }

  private Optional<Slice.Endpoint> endpoint(JsonParser json) throws IOException {
    Fields fields = new Fields();
    Json.fields(
        json,
        field -> {
          switch (field) {
            case "addresses" -> Json.elements(json, () -> fields.addAddress(Json.text(json)));
            case "nodeName" -> fields.node = Json.text(json);
            case "zone" -> fields.zone = Json.text(json);
            case "conditions" -> Json.fields(json, inner -> fields.condition(json, inner));
            default -> {}
          }
        });
    if (fields.address.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Slice.Endpoint(
            fields.node.isEmpty() ? fields.address : fields.node,
            texts.computeIfAbsent(fields.zone, zone -> zone),
            fields.address,
            fields.condition()));
  }

  /** A port while it is read. */
  private static final class Port {
    String name = "";
    int number;
  }

  /** An endpoint while it is read. */
  private static final class Fields {
    String address = "";
    String node = "";
    String zone = "";
    @Nullable Boolean ready;
    @Nullable Boolean serving;
    boolean terminating;

    /** Consumers take the first one only, says the API; there is never more than one. */
    void addAddress(String text) {
      if (address.isEmpty()) {
        address = text;
      }
    }

    void condition(JsonParser json, String field) {
      Boolean value =
          switch (json.currentToken()) {
            case JsonToken.VALUE_TRUE -> Boolean.TRUE;
            case JsonToken.VALUE_FALSE -> Boolean.FALSE;
            default -> null;
          };
      switch (field) {
        case "ready" -> ready = value;
        case "serving" -> serving = value;
        case "terminating" -> terminating = Boolean.TRUE.equals(value);
        default -> {}
      }
    }

    Slice.Condition condition() {
      if (terminating) {
        return Slice.Condition.TERMINATING;
      }
      Boolean told = serving != null ? serving : ready;
      return Boolean.FALSE.equals(told) ? Slice.Condition.NOT_SERVING : Slice.Condition.SERVING;
    }
  }
}
