package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.kube.Inventory;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A release from its beginning to its end, by helm and by kubectl. */
final class ReleaseCases {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String EVERY_KIND = "taint.enabled=true";

  private ReleaseCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of(
            "helm install, upgrade, rollback, uninstall: what is expected, and nothing left",
            ReleaseCases::life),
        Case.of("helm template and kubectl apply, twice", ReleaseCases::apply),
        Case.of("two releases in two namespaces", ReleaseCases::twice));
  }

  private static void life(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();

    cluster.install(namespace, EVERY_KIND, "uninstall.seconds=20").orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    checkObjects(cluster, run, inventory, namespace);
    String image = image(cluster, namespace);

    cluster
        .upgrade(
            namespace, EVERY_KIND, "uninstall.seconds=20", "image.tag=9.9.9", "cache.maxSize=50GiB")
        .orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    checkObjects(cluster, run, inventory, namespace);
    run.check(image(cluster, namespace).endsWith(":9.9.9"), "still " + image(cluster, namespace));
    run.check(
        configuration(cluster, namespace).contains("50GiB"), "the configuration is as before");

    cluster.helm(namespace, "rollback", ChartCluster.RELEASE, "1").orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    checkObjects(cluster, run, inventory, namespace);
    run.check(image(cluster, namespace).equals(image), "not back: " + image(cluster, namespace));
    run.check(!configuration(cluster, namespace).contains("50GiB"), "the size is not back");

    cluster.helm(namespace, "uninstall", ChartCluster.RELEASE).orFail();
    awaitSame(inventory, before);
    run.figure("objects", before.size());
  }

  /** What helm says it made is there. */
  private static void checkObjects(
      ChartCluster cluster, CaseRun run, Inventory inventory, String namespace) {
    String manifests =
        cluster.helm(namespace, "get", "manifest", ChartCluster.RELEASE).orFail().output();
    Set<String> there = inventory.now();
    for (Manifest manifest : Manifest.parse(manifests)) {
      String name =
          manifest.kind() + " " + manifest.text("metadata.namespace") + "/" + manifest.name();
      run.check(there.contains(name), "missing: " + name);
    }
  }

  private static String image(ChartCluster cluster, String namespace) {
    Set<String> images = new TreeSet<>();
    for (JsonNode pod : cluster.pods(namespace)) {
      if (Trees.text(pod, "metadata.deletionTimestamp").isEmpty()) {
        images.add(Trees.text(pod, "spec.containers.0.image"));
      }
    }
    return String.join(", ", images);
  }

  private static String configuration(ChartCluster cluster, String namespace) {
    return cluster
        .api()
        .get("/api/v1/namespaces/" + namespace + "/configmaps/" + ChartCluster.RELEASE)
        .path("data")
        .toString();
  }

  /**
   * Garbage collection comes a moment later, and of earlier cases something may still have been
   * there.
   */
  static void awaitSame(Inventory inventory, Set<String> before) throws Exception {
    Set<String> left = new TreeSet<>();
    Set<String> gone = new TreeSet<>();
    try {
      Await.until(
          "all is as before",
          PATIENCE,
          () -> {
            Set<String> now = inventory.now();
            left.clear();
            left.addAll(now);
            left.removeAll(before);
            gone.clear();
            gone.addAll(before);
            gone.removeAll(now);
            gone.removeIf(ReleaseCases::isOfSomeCase);
            return left.isEmpty() && gone.isEmpty();
          });
    } catch (CaseFailed failed) {
      throw new CaseFailed("left behind: " + left + "; gone: " + gone);
    }
  }

  /** In a case's namespace, and not what every namespace has. */
  private static boolean isOfSomeCase(String object) {
    return object.contains(" case-")
        && !object.endsWith("/default")
        && !object.endsWith("/kube-root-ca.crt");
  }

  private static void apply(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();
    Path file = run.workspace().directory().resolve("manifests.yaml");
    Files.writeString(file, cluster.template(namespace, EVERY_KIND));
    cluster.plane().kubectl("apply", "-f", file.toString()).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    cluster.plane().kubectl("apply", "-f", file.toString()).orFail();
    JsonNode daemonSet =
        cluster.api().get(ChartCluster.daemonSets(namespace) + "/" + ChartCluster.RELEASE);
    run.checkEquals("generations", 1, Trees.at(daemonSet, "metadata.generation").asLong());
    cluster.plane().kubectl("delete", "-f", file.toString()).orFail();
    awaitSame(inventory, before);
  }

  private static void twice(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String one = cluster.namespace(run, "privileged");
    String other = cluster.namespace(run, "privileged");
    Inventory inventory = Inventory.of(cluster.api());
    Set<String> before = inventory.now();
    cluster.install(one, EVERY_KIND).orFail();
    cluster
        .install(
            other,
            EVERY_KIND,
            "ports.registry=6050",
            "ports.peer=6051",
            "ports.admin=6052",
            "ports.agent=6053")
        .orFail();
    cluster.awaitReady(one, ChartCluster.RELEASE);
    cluster.awaitReady(other, ChartCluster.RELEASE);
    cluster.drop(one);
    run.checkEquals("pods of the other", cluster.nodes().size(), cluster.pods(other).size());
    cluster.drop(other);
    awaitSame(inventory, before);
  }
}
