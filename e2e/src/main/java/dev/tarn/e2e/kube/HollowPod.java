package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One pod on a node, from its volumes to its end, on a thread of its own. Init containers run one
 * after another; where a container is none of Tarn's tools, it is said to run for good.
 */
final class HollowPod implements Runnable {
  private static final int RETRY_MILLIS = 300;
  private static final Duration END_LIMIT = Duration.ofSeconds(20);

  private final KubeApi api;
  private final URI server;
  private final HollowNode node;
  private final JsonNode pod;
  private final PodVolumes volumes;
  private final List<HollowContainer> initContainers;
  private final List<HollowContainer> containers;

  // Guarded by this.
  private final List<Child> running = new ArrayList<>();
  private boolean ended;

  HollowPod(KubeApi api, URI server, HollowNode node, JsonNode pod, Path directory) {
    this.api = api;
    this.server = server;
    this.node = node;
    // As the kubelet has it once the pod has its addresses.
    this.pod = pod.deepCopy();
    ((ObjectNode) this.pod.path("status")).put("hostIP", node.address());
    ((ObjectNode) this.pod.path("status")).put("podIP", node.address());
    this.volumes = new PodVolumes(api, node, pod, directory);
    this.initContainers = containers("spec.initContainers", directory);
    this.containers = containers("spec.containers", directory);
  }

  private List<HollowContainer> containers(String path, Path directory) {
    return Trees.list(pod, path).stream()
        .map(spec -> new HollowContainer(pod, spec, volumes, directory))
        .toList();
  }

  @Override
  public void run() {
    try {
      if (!awaitVolumes()) {
        return;
      }
      for (HollowContainer container : initContainers) {
        if (!initialise(container)) {
          return;
        }
      }
      begin();
    } catch (IOException | RuntimeException failed) {
      report("Pending", String.valueOf(failed), List.of());
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until what it names is there, as a kubelet tries again and again. */
  private boolean awaitVolumes() throws IOException, InterruptedException {
    while (!isEnded()) {
      try {
        volumes.make();
        return true;
      } catch (PodVolumes.NotThere missing) {
        report("Pending", String.valueOf(missing.getMessage()), List.of());
        Thread.sleep(RETRY_MILLIS);
      }
    }
    return false;
  }

  /** Until it succeeds once. */
  private boolean initialise(HollowContainer container) throws IOException, InterruptedException {
    if (!container.isTool()) {
      return true;
    }
    report("Pending", "initialising: " + container.name(), List.of());
    while (!isEnded()) {
      if (statusOf(container) == 0) {
        return true;
      }
      if (isJob()) {
        report("Failed", "init container failed", List.of());
        return false;
      }
      Thread.sleep(RETRY_MILLIS);
    }
    return false;
  }

  private void begin() throws IOException, InterruptedException {
    if (!isJob()) {
      for (HollowContainer container : containers) {
        if (container.isTool()) {
          start(container);
        }
      }
      report("Running", "", containers);
      return;
    }
    report("Running", "", containers);
    boolean good = true;
    for (HollowContainer container : containers) {
      good &= container.isTool() && statusOf(container) == 0;
    }
    if (!isEnded()) {
      report(good ? "Succeeded" : "Failed", "", containers);
    }
  }

  private boolean isJob() {
    return !Trees.text(pod, "spec.restartPolicy").equals("Always");
  }

  private int statusOf(HollowContainer container) throws IOException, InterruptedException {
    Optional<Child> child = start(container);
    return child.isPresent() ? child.get().awaitEnd() : -1;
  }

  private synchronized Optional<Child> start(HollowContainer container) throws IOException {
    if (ended) {
      return Optional.empty();
    }
    Child child = container.start(server, Map.of());
    running.add(child);
    return Optional.of(child);
  }

  /** Really starts a container that was only said to run. */
  synchronized Child run(String name, Map<String, String> overrides) throws IOException {
    HollowContainer chosen =
        containers.stream()
            .filter(container -> container.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no container " + name));
    Child child = chosen.start(server, overrides);
    running.add(child);
    return child;
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  /** The log of one of its containers. */
  Optional<Path> log(String container) {
    return Stream.concat(initContainers.stream(), containers.stream())
        .filter(each -> each.name().equals(container))
        .map(HollowContainer::log)
        .findFirst();
  }

  /** The logs of its containers that ran, init containers first. */
  List<Path> logs() {
    List<Path> logs = new ArrayList<>();
    initContainers.forEach(container -> logs.add(container.log()));
    containers.forEach(container -> logs.add(container.log()));
    return logs;
  }

  /** Ends its processes; what it says of itself is over. */
  void end() {
    List<Child> left;
    synchronized (this) {
      ended = true;
      left = List.copyOf(running);
    }
    for (Child child : left) {
      if (child.alive()) {
        child.terminate(END_LIMIT);
      }
    }
  }

  /** Tells the API server, which may have forgotten the pod. */
  private void report(String phase, String message, List<HollowContainer> shown) {
    boolean ready = phase.equals("Running") && !isJob();
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("phase", phase);
    status.put("message", message);
    status.put("hostIP", node.address());
    status.putArray("hostIPs").addObject().put("ip", node.address());
    status.put("podIP", node.address());
    status.putArray("podIPs").addObject().put("ip", node.address());
    status.put("startTime", now());
    ArrayNode conditions = status.putArray("conditions");
    condition(conditions, "PodScheduled", true);
    condition(conditions, "Initialized", !phase.equals("Pending"));
    condition(conditions, "ContainersReady", ready);
    condition(conditions, "Ready", ready);
    ArrayNode statuses = status.putArray("containerStatuses");
    for (HollowContainer container : shown) {
      containerStatus(statuses.addObject(), container, phase, ready);
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("status", status);
    var _ = api.merge(path() + "/status", body.toString());
  }

  private static void condition(ArrayNode conditions, String type, boolean holds) {
    conditions.addObject().put("type", type).put("status", holds ? "True" : "False");
  }

  private static void containerStatus(
      ObjectNode status, HollowContainer container, String phase, boolean ready) {
    status.put("name", container.name());
    status.put("image", "this-machine");
    status.put("imageID", "");
    status.put("restartCount", 0);
    status.put("ready", ready);
    ObjectNode state = status.putObject("state");
    if (phase.equals("Running")) {
      state.putObject("running").put("startedAt", now());
    } else {
      state
          .putObject("terminated")
          .put("exitCode", phase.equals("Succeeded") ? 0 : 1)
          .put("finishedAt", now());
    }
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  String path() {
    return "/api/v1/namespaces/%s/pods/%s"
        .formatted(Trees.text(pod, "metadata.namespace"), Trees.text(pod, "metadata.name"));
  }
}
