package dev.tarn.e2e.clustered;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.kube.Watch;
import java.util.List;

/** Whether a node's kubelet says that its disk is under pressure, and whom it has evicted. */
final class Pressure implements AutoCloseable {
  private final KubeApi api;
  private final String node;
  private final Watch watch;
  private boolean now;
  private int times;

  private Pressure(KubeApi api, String node) {
    this.api = api;
    this.node = node;
    this.watch = api.watch("/api/v1/nodes", this::changed);
  }

  static Pressure of(KubeApi api, String node) {
    return new Pressure(api, node);
  }

  private synchronized void changed(JsonNode change) {
    JsonNode object = Trees.at(change, "object");
    if (!Trees.text(object, "metadata.name").equals(node)) {
      return;
    }
    boolean pressed =
        Trees.list(object, "status.conditions").stream()
            .anyMatch(
                condition ->
                    Trees.text(condition, "type").equals("DiskPressure")
                        && Trees.text(condition, "status").equals("True"));
    times += pressed && !now ? 1 : 0;
    now = pressed;
  }

  synchronized boolean now() {
    return now;
  }

  /** How often it began. */
  synchronized int times() {
    return times;
  }

  /** A line for each pod that the kubelet evicted. */
  List<String> evictions() {
    return api.list("/api/v1/events").stream()
        .filter(event -> Trees.text(event, "reason").equals("Evicted"))
        .filter(event -> Trees.text(event, "source.host").equals(node))
        .map(
            event -> Trees.text(event, "involvedObject.name") + ": " + Trees.text(event, "message"))
        .toList();
  }

  @Override
  public void close() {
    watch.close();
  }
}
