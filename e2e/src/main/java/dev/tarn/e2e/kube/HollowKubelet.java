package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Plays the kubelets of all nodes: looks at pods a few times a second, begins those that are
 * scheduled, and ends those that are to be deleted. A node that is switched off does nothing, so
 * that its pods neither get ready nor go.
 *
 * <p>Looks on a thread of its own, and each pod has one; asked from any.
 */
public final class HollowKubelet implements AutoCloseable {
  private static final int PAUSE_MILLIS = 150;

  private final ControlPlane plane;
  private final Path directory;
  private final Map<String, HollowNode> nodes = new ConcurrentHashMap<>();
  private final Set<String> off = ConcurrentHashMap.newKeySet();
  private final Map<String, HollowPod> pods = new ConcurrentHashMap<>();
  private final Set<String> ending = ConcurrentHashMap.newKeySet();
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile int logsPort;

  private HollowKubelet(ControlPlane plane, Path directory) {
    this.plane = plane;
    this.directory = directory;
    this.thread = Thread.ofPlatform().name("hollow-kubelet").daemon().unstarted(this::look);
  }

  /** Starts one without nodes; the workspace ends it. */
  public static HollowKubelet start(ControlPlane plane, Workspace workspace)
      throws IOException, GeneralSecurityException {
    HollowKubelet kubelet = new HollowKubelet(plane, workspace.makeDirectory("nodes"));
    workspace.own(kubelet);
    kubelet.logsPort = workspace.own(KubeletLogs.start(plane.pki(), kubelet::log)).port();
    kubelet.thread.start();
    return kubelet;
  }

  /** A new node, which is ready. */
  public HollowNode join(String name, String address, String zone) throws IOException {
    HollowNode node =
        HollowNode.join(
            plane.api(), name, address, zone, logsPort, directory.resolve(name + "/disk"));
    nodes.put(name, node);
    return node;
  }

  public List<HollowNode> nodes() {
    return nodes.values().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  /** From now on nothing happens on that node. */
  public void switchOff(HollowNode node) {
    off.add(node.name());
  }

  public void switchOn(HollowNode node) {
    off.remove(node.name());
  }

  /**
   * Really starts a container of a pod that is only said to run; it ends with the pod at the
   * latest.
   *
   * @param overrides variables that are not as the pod has them
   */
  public Child run(JsonNode pod, String container, Map<String, String> overrides)
      throws IOException {
    HollowPod begun = pods.get(Trees.text(pod, "metadata.uid"));
    if (begun == null) {
      throw new IllegalArgumentException("not begun: " + Trees.text(pod, "metadata.name"));
    }
    return begun.run(container, overrides);
  }

  /**
   * What the containers of pods whose name begins like that printed, also of pods that are gone.
   */
  public String logs(String namespace, String prefix) {
    StringBuilder text = new StringBuilder();
    names.forEach(
        (uid, name) -> {
          HollowPod pod = pods.get(uid);
          if (pod != null && name.startsWith(namespace + "/" + prefix)) {
            pod.logs().forEach(log -> text.append(read(log)));
          }
        });
    return text.toString();
  }

  private Optional<String> log(KubeletLogs.Container container) {
    String wanted = container.namespace() + "/" + container.pod();
    return names.entrySet().stream()
        .filter(entry -> entry.getValue().equals(wanted))
        .flatMap(entry -> Optional.ofNullable(pods.get(entry.getKey())).stream())
        .flatMap(pod -> pod.log(container.name()).stream())
        .findFirst()
        .map(HollowKubelet::read);
  }

  private static String read(Path log) {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look() {
    while (!closed) {
      try {
        plane.api().list("/api/v1/pods?resourceVersion=0").forEach(this::look);
      } catch (CaseFailed away) {
        // The API server is not there, as some case wants it.
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  private void look(JsonNode pod) {
    String nodeName = Trees.text(pod, "spec.nodeName");
    HollowNode node = nodes.get(nodeName);
    if (node == null || off.contains(nodeName)) {
      return;
    }
    String uid = Trees.text(pod, "metadata.uid");
    if (!Trees.text(pod, "metadata.deletionTimestamp").isEmpty()) {
      if (ending.add(uid)) {
        Optional<HollowPod> begun = Optional.ofNullable(pods.get(uid));
        Thread.ofPlatform().name("hollow-end").daemon().start(() -> remove(pod, begun));
      }
    } else if (!pods.containsKey(uid) && isNew(pod)) {
      HollowPod begun =
          new HollowPod(
              plane.api(), plane.server(), node, pod, directory.resolve(nodeName + "/" + uid));
      pods.put(uid, begun);
      names.put(
          uid, Trees.text(pod, "metadata.namespace") + "/" + Trees.text(pod, "metadata.name"));
      Thread.ofPlatform().name("hollow-pod").daemon().start(begun);
    }
  }

  private static boolean isNew(JsonNode pod) {
    return Trees.text(pod, "status.phase").equals("Pending");
  }

  private void remove(JsonNode pod, Optional<HollowPod> begun) {
    begun.ifPresent(HollowPod::end);
    String path =
        "/api/v1/namespaces/%s/pods/%s"
            .formatted(Trees.text(pod, "metadata.namespace"), Trees.text(pod, "metadata.name"));
    var _ =
        plane
            .api()
            .send(
                "DELETE",
                path,
                "application/json",
                """
                {"gracePeriodSeconds": 0, "preconditions": {"uid": "%s"}}
                """
                    .formatted(Trees.text(pod, "metadata.uid")));
  }

  /** Ends every process that it started. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pods.values().forEach(HollowPod::end);
  }
}
