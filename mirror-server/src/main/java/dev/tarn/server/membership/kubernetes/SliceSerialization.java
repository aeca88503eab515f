package dev.tarn.server.membership.kubernetes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.membership.Json;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the informer reads and writes, without data binding: lists and events of EndpointSlices, and
 * a Status. Slices are reduced while they are read, so that a list of thousands of members is never
 * in memory as a tree, and the classes that would make one are never loaded. Thread-safe.
 */
final class SliceSerialization extends KubernetesSerialization {
  private final JsonFactory json = new JsonFactory();

  @SuppressWarnings("NullAway") // No mapper: whatever would ask it is answered here.
  SliceSerialization() {
    super(null, false);
  }

  /** There is none. */
  @Override
  protected void configureMapper(@Nullable ObjectMapper mapper) {}

  @Override
  public <T> T unmarshal(InputStream stream, TypeReference<T> type) {
    try (stream;
        JsonParser parser = json.createParser(stream)) {
      // Nothing else is ever listed.
      @SuppressWarnings("unchecked")
      T list = (T) list(parser);
      return list;
    } catch (IOException e) {
      throw new KubernetesClientException("not a list of EndpointSlices", e);
    }
  }

  @Override
  public <T> T unmarshal(String text, Class<T> type) {
    try (JsonParser parser = json.createParser(text)) {
      if (type == WatchEvent.class) {
        return type.cast(event(parser));
      }
      if (type == Status.class) {
        return type.cast(status(read(parser)));
      }
    } catch (IOException e) {
      throw new KubernetesClientException("not a " + type.getSimpleName(), e);
    }
    throw new UnsupportedOperationException(type.getName());
  }

  @Override
  public <T> T convertValue(Object value, Class<T> type) {
    if (value instanceof ListOptions options && type.isAssignableFrom(TreeMap.class)) {
      return type.cast(parameters(options));
    }
    throw new UnsupportedOperationException(type.getName());
  }

  @Override
  public Type constructParametricType(Class<?> raw, Class<?>... parameters) {
    return raw;
  }

  private EndpointSliceList list(JsonParser parser) throws IOException {
    Map<String, String> texts = new HashMap<>();
    ListMeta metadata = new ListMeta();
    List<EndpointSlice> slices = new ArrayList<>();
    parser.nextToken();
    Json.fields(
        parser,
        field -> {
          switch (field) {
            case "metadata" -> Json.fields(parser, inner -> metadata(parser, inner, metadata));
            case "items" ->
                Json.elements(
                    parser,
                    () -> slices.add(new CarriedSlice(SliceReader.read(parser, texts).slice())));
            default -> {}
          }
        });
    EndpointSliceList list = new EndpointSliceList();
    list.setMetadata(metadata);
    list.setItems(slices);
    return list;
  }

  private static void metadata(JsonParser parser, String field, ListMeta metadata)
      throws IOException {
    switch (field) {
      case "resourceVersion" -> metadata.setResourceVersion(Json.text(parser));
      case "continue" -> metadata.setContinue(Json.text(parser));
      default -> {}
    }
  }

  private static WatchEvent event(JsonParser parser) throws IOException {
    WatchEvent event = new WatchEvent();
    parser.nextToken();
    Json.fields(
        parser,
        field -> {
          switch (field) {
            case "type" -> event.setType(Json.text(parser));
            case "object" -> event.setObject(object(SliceReader.read(parser, new HashMap<>())));
            default -> {}
          }
        });
    return event;
  }

  private static KubernetesResource object(SliceReader read) {
    return read.kind().equals("Status") ? status(read) : new CarriedSlice(read.slice());
  }

  private static SliceReader read(JsonParser parser) throws IOException {
    parser.nextToken();
    return SliceReader.read(parser, new HashMap<>());
  }

  private static Status status(SliceReader read) {
    Status status = new Status();
    status.setCode(read.code());
    status.setMessage(read.message());
    return status;
  }

  /** As the API names them; those that are not set are left out. */
  private static Map<String, Object> parameters(ListOptions options) {
    Map<String, Object> parameters = new TreeMap<>();
    put(parameters, "allowWatchBookmarks", options.getAllowWatchBookmarks());
    put(parameters, "continue", options.getContinue());
    put(parameters, "fieldSelector", options.getFieldSelector());
    put(parameters, "labelSelector", options.getLabelSelector());
    put(parameters, "limit", options.getLimit());
    put(parameters, "resourceVersion", options.getResourceVersion());
    put(parameters, "resourceVersionMatch", options.getResourceVersionMatch());
    put(parameters, "sendInitialEvents", options.getSendInitialEvents());
    put(parameters, "timeoutSeconds", options.getTimeoutSeconds());
    put(parameters, "watch", options.getWatch());
    return parameters;
  }

  private static void put(Map<String, Object> parameters, String name, @Nullable Object value) {
    if (value != null) {
      parameters.put(name, value);
    }
  }
}
