package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.kube.Watch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notes when each pod of a namespace is made and ready, to the millisecond where status has whole
 * seconds, and what kubelets could not pull. Safe for several threads.
 */
final class PodWatch implements AutoCloseable {
  private static final Set<String> PULL_FAILED =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "RegistryUnavailable");

  private final Map<String, Long> made = new LinkedHashMap<>();
  private final Map<String, PodStart> ready = new LinkedHashMap<>();
  private final Map<String, String> failedPulls = new LinkedHashMap<>();
  private final Watch watch;

  private PodWatch(KubeApi api, String namespace) {
    this.watch = api.watch("/api/v1/namespaces/" + namespace + "/pods", this::changed);
  }

  static PodWatch of(KubeApi api, String namespace) {
    return new PodWatch(api, namespace);
  }

  private synchronized void changed(JsonNode change) {
    JsonNode pod = Trees.at(change, "object");
    String uid = Trees.text(pod, "metadata.uid");
    if (uid.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    made.putIfAbsent(uid, now);
    if (isReady(pod) && !ready.containsKey(uid)) {
      ready.put(uid, start(pod, made.getOrDefault(uid, now), now));
    }
    for (JsonNode container : Trees.list(pod, "status.containerStatuses")) {
      String reason = Trees.text(container, "state.waiting.reason");
      if (PULL_FAILED.contains(reason)) {
        failedPulls.putIfAbsent(uid, describe(pod, container));
      }
    }
  }

  private static boolean isReady(JsonNode pod) {
    return Trees.list(pod, "status.conditions").stream()
        .anyMatch(
            condition ->
                Trees.text(condition, "type").equals("Ready")
                    && Trees.text(condition, "status").equals("True"));
  }

  private static PodStart start(JsonNode pod, long madeNanos, long readyNanos) {
    return new PodStart(
        Trees.text(pod, "metadata.name"),
        Trees.text(pod, "metadata.labels.app"),
        Trees.text(pod, "spec.nodeName"),
        Trees.text(pod, "spec.containers.0.image"),
        madeNanos,
        readyNanos);
  }

  private static String describe(JsonNode pod, JsonNode container) {
    return "%s on %s: %s: %s"
        .formatted(
            Trees.text(pod, "metadata.name"),
            Trees.text(pod, "spec.nodeName"),
            Trees.text(container, "state.waiting.reason"),
            Trees.text(container, "state.waiting.message"));
  }

  /** The pods that were ready so far, in that order. */
  synchronized List<PodStart> starts() {
    return new ArrayList<>(ready.values());
  }

  /** A line for each pod whose image could not be pulled at first. */
  synchronized List<String> failedPulls() {
    return new ArrayList<>(failedPulls.values());
  }

  @Override
  public void close() {
    watch.close();
  }
}
