package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A Deployment, or a DaemonSet, in a case's namespace, which takes it away with the rest. Commands
 * come from one thread at a time.
 */
final class Workload {
  private static final Duration END_LIMIT = Duration.ofMinutes(2);

  private final KubeApi api;
  private final String namespace;
  private final String name;
  private final Kind kind;
  private PodPlan pods;

  private Workload(KubeApi api, String namespace, String name, Kind kind, PodPlan pods) {
    this.api = api;
    this.namespace = namespace;
    this.name = name;
    this.kind = kind;
    this.pods = pods;
  }

  private enum Kind {
    DEPLOYMENT("Deployment", "deployments"),
    DAEMON_SET("DaemonSet", "daemonsets");

    private final String object;
    private final String plural;

    Kind(String object, String plural) {
      this.object = object;
      this.plural = plural;
    }
  }

  /** Makes a Deployment of so many pods. */
  static Workload deployment(
      KubeApi api, String namespace, String name, int replicas, PodPlan pods) {
    Workload made = new Workload(api, namespace, name, Kind.DEPLOYMENT, pods);
    made.create("replicas: " + replicas);
    return made;
  }

  /** Makes a DaemonSet: a pod on every node. */
  static Workload perNode(KubeApi api, String namespace, String name, PodPlan pods) {
    Workload made = new Workload(api, namespace, name, Kind.DAEMON_SET, pods);
    made.create("minReadySeconds: 0");
    return made;
  }

  private void create(String extent) {
    String yaml =
        """
        apiVersion: apps/v1
        kind: %s
        metadata: {name: %s}
        spec:
          %s
          selector: {matchLabels: {app: %s}}
          template:
        """
            .formatted(kind.object, name, extent, name);
    api.create(all(), yaml + pods.template(name).indent(4)).orFail();
  }

  private String all() {
    return "/apis/apps/v1/namespaces/" + namespace + "/" + kind.plural;
  }

  private String path() {
    return all() + "/" + name;
  }

  String name() {
    return name;
  }

  /** Wants so many pods from now on. */
  void scale(int replicas) {
    api.merge(path(), "spec: {replicas: " + replicas + "}").orFail();
  }

  /** Wants pods with another image from now on: the old ones are replaced step by step. */
  void roll(String image) {
    pods = pods.withImage(image);
    String yaml = "spec:\n  template:\n" + pods.template(name).indent(4);
    api.merge(path(), yaml).orFail();
  }

  /** Replaces all pods by such as they are, step by step, as {@code kubectl rollout restart}. */
  void restart() {
    api.merge(
            path(),
            "spec: {template: {metadata: {annotations: {restarted: \"%d\"}}}}"
                .formatted(System.nanoTime()))
        .orFail();
  }

  /** Waits until all pods that are wanted, and no others, are there and ready. */
  void awaitReady(Duration limit) throws Exception {
    try {
      Await.until(name + " has all its pods", limit, this::ready);
    } catch (CaseFailed late) {
      throw new CaseFailed(late.getMessage() + "; " + state());
    }
  }

  /** Whether all pods that are wanted, and no others, are there and ready. */
  boolean ready() {
    JsonNode found = api.get(path());
    long seen = count(found, "status.observedGeneration");
    if (seen < count(found, "metadata.generation")) {
      return false;
    }
    return switch (kind) {
      case DEPLOYMENT -> {
        long wanted = count(found, "spec.replicas");
        yield count(found, "status.updatedReplicas") == wanted
            && count(found, "status.readyReplicas") == wanted
            && count(found, "status.replicas") == wanted;
      }
      case DAEMON_SET -> {
        long wanted = count(found, "status.desiredNumberScheduled");
        yield wanted > 0
            && count(found, "status.updatedNumberScheduled") == wanted
            && count(found, "status.numberReady") == wanted;
      }
    };
  }

  private static long count(JsonNode object, String path) {
    return Trees.at(object, path).asLong(0);
  }

  /** Its pods that are not on their way out. */
  List<JsonNode> pods() {
    return api
        .list("/api/v1/namespaces/" + namespace + "/pods?labelSelector=app%3D" + name)
        .stream()
        .filter(pod -> Trees.at(pod, "metadata.deletionTimestamp").isMissingNode())
        .toList();
  }

  /** Where its pods are and what they wait for, in a line. */
  String state() {
    return pods().stream()
        .map(
            pod ->
                "%s on %s: %s %s"
                    .formatted(
                        Trees.text(pod, "metadata.name"),
                        Trees.text(pod, "spec.nodeName"),
                        Trees.text(pod, "status.phase"),
                        Trees.at(pod, "status.containerStatuses.0.state")))
        .collect(Collectors.joining("; "));
  }

  /** Deletes it and waits until its pods are gone. */
  void delete() throws Exception {
    api.delete(path() + "?propagationPolicy=Foreground").orFail();
    Await.until(
        "no pod of " + name + " is left",
        END_LIMIT,
        () ->
            api.list("/api/v1/namespaces/" + namespace + "/pods?labelSelector=app%3D" + name)
                .isEmpty());
  }
}
