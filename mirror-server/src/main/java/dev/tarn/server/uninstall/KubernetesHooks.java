package dev.tarn.server.uninstall;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.server.membership.kubernetes.CommandClient;
import dev.tarn.server.membership.kubernetes.InCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** DaemonSets, pods and events of one namespace in Kubernetes, as trees. */
final class KubernetesHooks implements Hooks {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final String NODE_FIELD = "metadata.name";

  private final ObjectMapper json = new ObjectMapper();
  private final KubernetesClient client;
  private final String namespace;
  private final List<String> names;
  private final String release;

  private @Nullable JsonNode toBlame;

  /**
   * Opens nothing yet.
   *
   * @param names of DaemonSets
   * @param release a label selector
   */
  KubernetesHooks(InCluster api, List<String> names, String release, Executor executor)
      throws IOException {
    if (api.namespace().isEmpty()) {
      throw new IOException("the pod does not tell its namespace");
    }
    this.client = CommandClient.of(api, REQUEST_TIMEOUT, executor);
    this.namespace = api.namespace();
    this.names = List.copyOf(names);
    this.release = release;
  }

  @Override
  public State look() throws IOException {
    List<HookSet> sets = new ArrayList<>();
    for (String name : names) {
      sets.add(set(name));
    }
    List<String> busy = new ArrayList<>();
    for (JsonNode pod : pods(release)) {
      busy.add(pod.at("/spec/nodeName").asText());
    }
    return new State(sets, busy);
  }

  private HookSet set(String name) throws IOException {
    JsonNode set = get("/apis/apps/v1/namespaces/" + namespace + "/daemonsets/" + name);
    if (set.isMissingNode()) {
      return new HookSet(name, false, 0, List.of());
    }
    toBlame = set;
    String selector =
        set.at("/spec/selector/matchLabels").properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asText())
            .collect(Collectors.joining(","));
    List<HookPod> pods = new ArrayList<>();
    for (JsonNode pod : pods(selector)) {
      pods.add(PodReader.read(pod));
    }
    boolean observed =
        set.at("/status/observedGeneration").asLong(0) >= set.at("/metadata/generation").asLong(1);
    return new HookSet(name, observed, set.at("/status/desiredNumberScheduled").asInt(0), pods);
  }

  private List<JsonNode> pods(String selector) throws IOException {
    JsonNode list =
        get(
            "/api/v1/namespaces/"
                + namespace
                + "/pods?labelSelector="
                + URLEncoder.encode(selector, StandardCharsets.UTF_8));
    return StreamSupport.stream(list.path("items").spliterator(), false).toList();
  }

  @Override
  public void warn(String message) throws IOException {
    JsonNode about = toBlame;
    if (about == null) {
      return;
    }
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode event = json.createObjectNode();
    event.put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("generateName", about.at("/metadata/name").asText() + ".")
        .put("namespace", namespace);
    event
        .putObject("involvedObject")
        .put("apiVersion", "apps/v1")
        .put("kind", "DaemonSet")
        .put("name", about.at("/metadata/name").asText())
        .put("namespace", namespace)
        .put("uid", about.at("/metadata/uid").asText());
    event.putObject("source").put("component", "tarn");
    event.put("type", "Warning").put("reason", "NotTakenBack").put("message", message);
    event.put("firstTimestamp", now).put("lastTimestamp", now).put("count", 1);
    var _ =
        asked(
            "write an event",
            () ->
                client.raw(
                    "/api/v1/namespaces/" + namespace + "/events", "POST", event.toString()));
  }

  /** What is there; a missing node where nothing is. */
  private JsonNode get(String path) throws IOException {
    String answer = asked("see how far it is", () -> client.raw(path));
    try {
      return answer == null ? json.missingNode() : json.readTree(answer);
    } catch (JsonProcessingException e) {
      throw new IOException("could not read what the API server said of " + path, e);
    }
  }

  private static @Nullable String asked(String what, Supplier<@Nullable String> request)
      throws IOException {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      String reason =
          e.getStatus() != null && e.getStatus().getMessage() != null
              ? e.getCode() + ", " + e.getStatus().getMessage()
              : String.valueOf(e.getMessage());
      throw new IOException("could not " + what + ": " + reason, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /** Reads of a pod what is waited for. */
  static final class PodReader {
    private PodReader() {}

    static HookPod read(JsonNode pod) {
      boolean leaving = pod.at("/metadata").has("deletionTimestamp");
      boolean ready = !leaving && condition(pod, "Ready").path("status").asText().equals("True");
      return new HookPod(node(pod), ready, leaving ? "the pod is ending" : trouble(pod));
    }

    /** Also of one that is not scheduled yet: the DaemonSet's controller says where it is to be. */
    private static String node(JsonNode pod) {
      String bound = pod.at("/spec/nodeName").asText();
      if (!bound.isEmpty()) {
        return bound;
      }
      for (JsonNode term :
          pod.at(
              "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
                  + "/nodeSelectorTerms")) {
        for (JsonNode field : term.path("matchFields")) {
          if (field.path("key").asText().equals(NODE_FIELD)) {
            return field.at("/values/0").asText();
          }
        }
      }
      return "";
    }

    /** The first that says something: a container, the scheduler, the pod. */
    private static String trouble(JsonNode pod) {
      for (String statuses : List.of("initContainerStatuses", "containerStatuses")) {
        for (JsonNode status : pod.path("status").path(statuses)) {
          JsonNode waiting = status.at("/state/waiting");
          String reason = waiting.path("reason").asText();
          if (!reason.isEmpty() && !reason.equals("PodInitializing")) {
            return joined(reason, waiting.path("message").asText());
          }
        }
      }
      JsonNode scheduled = condition(pod, "PodScheduled");
      if (scheduled.path("status").asText().equals("False")) {
        return joined(scheduled.path("reason").asText(), scheduled.path("message").asText());
      }
      JsonNode status = pod.path("status");
      return joined(status.path("phase").asText("Pending"), status.path("message").asText());
    }

    private static String joined(String reason, String message) {
      return message.isEmpty() ? reason : reason + ", " + message;
    }

    private static JsonNode condition(JsonNode pod, String type) {
      return StreamSupport.stream(pod.at("/status/conditions").spliterator(), false)
          .filter(condition -> condition.path("type").asText().equals(type))
          .findFirst()
          .orElseGet(MissingNode::getInstance);
    }
  }
}
