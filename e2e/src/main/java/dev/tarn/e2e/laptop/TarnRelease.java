package dev.tarn.e2e.laptop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A release of the chart in a cluster, under the name {@code tarn}. Commands block. */
public final class TarnRelease {
  public static final String NAME = "tarn";

  private static final int ADMIN_PORT = 5052;

  /** How many of the last ones are told where it does not get ready. */
  private static final int EVENTS = 20;

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final KubeCluster cluster;
  private final String namespace;

  private TarnRelease(KubeCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /**
   * Makes the namespace where it is not there, and installs; returns as soon as helm does.
   *
   * @param settings as {@code --set} takes them, besides what this cluster needs: registries and
   *     the image
   */
  public static TarnRelease install(
      KubeCluster cluster, String namespace, TarnBuild build, String... settings) {
    cluster
        .api()
        .create(
            "/api/v1/namespaces",
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: %s
              labels: {pod-security.kubernetes.io/enforce: privileged}
            """
                .formatted(namespace));
    TarnRelease release = new TarnRelease(cluster, namespace);
    release.act("install", build, settings);
    return release;
  }

  /** To another chart, image or settings; returns as soon as helm does. */
  public void upgrade(TarnBuild build, String... settings) {
    act("upgrade", build, settings);
  }

  private void act(String verb, TarnBuild build, String... settings) {
    List<String> words =
        new ArrayList<>(List.of(verb, NAME, build.chart().toString(), "--namespace", namespace));
    words.addAll(List.of("--values", values(build).toString()));
    for (String setting : settings) {
      words.addAll(List.of("--set", setting));
    }
    cluster.helm(words.toArray(String[]::new)).orFail();
  }

  /** What this cluster needs. */
  private Path values(TarnBuild build) {
    String open = cluster.upstream().host();
    String guarded = cluster.upstream().guardedHost();
    Path file = cluster.directory().resolve("tarn-" + namespace + "-values.yaml");
    try {
      return Files.writeString(
          file,
          """
          image: {repository: "%s", tag: "%s"}
          distribution: plain
          cache: {maxSize: 6GiB}
          registries:
            "%s": {upstreams: ["http://%s"]}
            "%s": {upstreams: ["http://%s"]}
          """
              .formatted(build.repository(), build.tag(), open, open, guarded, guarded));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Uninstalls, and waits until no pod of the release is left. */
  public void uninstall() throws Exception {
    cluster.helm("uninstall", NAME, "--namespace", namespace, "--timeout", "5m").orFail();
    Await.until(
        "no pod is left in " + namespace,
        PATIENCE,
        () -> cluster.api().list("/api/v1/namespaces/" + namespace + "/pods").isEmpty());
  }

  /** Waits until every node's pod is of the newest generation and ready. */
  public void awaitReady() throws Exception {
    try {
      Await.until(
          "Tarn is ready on every node", PATIENCE, () -> readyPods() == cluster.nodes().size());
    } catch (CaseFailed late) {
      throw new CaseFailed(
          late.getMessage()
              + "\n"
              + cluster.kubectl("-n", namespace, "get", "pods", "-o", "wide").output()
              + lastEvents());
    }
  }

  private String lastEvents() {
    List<String> events =
        cluster
            .kubectl("-n", namespace, "get", "events", "--sort-by=.lastTimestamp")
            .output()
            .lines()
            .toList();
    return String.join("\n", events.subList(Math.max(0, events.size() - EVENTS), events.size()));
  }

  private int readyPods() {
    KubeApi.Answer answer =
        cluster
            .api()
            .send("GET", "/apis/apps/v1/namespaces/" + namespace + "/daemonsets/" + NAME, "", "");
    JsonNode found = answer.body();
    boolean seen =
        Trees.at(found, "status.observedGeneration").asInt(0)
            == Trees.at(found, "metadata.generation").asInt(-1);
    int updated = Trees.at(found, "status.updatedNumberScheduled").asInt(0);
    return seen ? Math.min(updated, Trees.at(found, "status.numberReady").asInt(0)) : 0;
  }

  /** Waits until every node's agent has mirrored the cluster's registries. */
  public void awaitMirrored() throws Exception {
    for (String node : cluster.nodes()) {
      Await.until(
          "the agent on " + node + " has put Tarn before its registries",
          PATIENCE,
          () -> says(node, "upstreams_told"));
    }
  }

  /** Waits until every node's Tarn has a certificate, by which others know it. */
  public void awaitPeers() throws Exception {
    for (String node : cluster.nodes()) {
      Await.until(
          "the Tarn on " + node + " has a certificate",
          PATIENCE,
          () -> metrics(node).sum("tarn_peer_certificate_expiry_seconds") > 0);
    }
  }

  public KubeCluster cluster() {
    return cluster;
  }

  public String namespace() {
    return namespace;
  }

  /** The pod of server and agent on that node. */
  public JsonNode pod(String node) {
    return cluster
        .api()
        .list(
            "/api/v1/namespaces/"
                + namespace
                + "/pods?labelSelector=app.kubernetes.io/component=node")
        .stream()
        .filter(pod -> Trees.text(pod, "spec.nodeName").equals(node))
        .filter(pod -> Trees.text(pod, "metadata.deletionTimestamp").isEmpty())
        .findFirst()
        .orElseThrow(() -> new CaseFailed("no pod of Tarn on " + node));
  }

  /** What the containers of that node's pod have logged: {@code tarn} or {@code agent}. */
  public String logs(String node, String container) {
    return cluster
        .kubectl("-n", namespace, "logs", Trees.text(pod(node), "metadata.name"), "-c", container)
        .orFail()
        .output();
  }

  /** Whether the agent on that node has logged an event of that name. */
  public boolean says(String node, String event) {
    return logs(node, "agent").contains("\"formattedMessage\":\"" + event + "\"");
  }

  /** What the server on that node counts. */
  public Metrics metrics(String node) {
    return Metrics.parse(cluster.page(node, ADMIN_PORT, "/metrics"));
  }

  /** {@code helm test}. */
  public Child.Finished test() {
    return cluster.helm("test", NAME, "--namespace", namespace);
  }
}
