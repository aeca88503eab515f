package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;

/** Which pods of the chart's a real API server admits where. */
final class AdmissionCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AdmissionCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of("PodSecurity: the documented label admits the pods", AdmissionCases::privileged),
        Case.of(
            "PodSecurity: without it they are refused, and the controller says why",
            AdmissionCases::refused),
        Case.of("PodSecurity: Jobs need no rights, restricted will do", AdmissionCases::jobs),
        Case.of(
            "the priority is admitted thanks to the chart's ResourceQuota", AdmissionCases::quota));
  }

  private static void privileged(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    run.checkEquals("pods", cluster.nodes().size(), cluster.pods(namespace).size());
    for (JsonNode pod : cluster.pods(namespace)) {
      run.check(
          Trees.text(pod, "spec.priorityClassName").equals("system-node-critical")
              && Trees.text(pod, "spec.hostNetwork").equals("true"),
          "not as the chart wants it: " + pod);
    }
    cluster.drop(namespace);
  }

  private static void refused(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    for (String level : List.of("baseline", "restricted")) {
      String namespace = cluster.namespace(run, level);
      cluster.install(namespace).orFail();
      cluster.awaitEvent(
          namespace, "violates PodSecurity \"" + level + ":latest\"", "host namespaces");
      run.check(cluster.pods(namespace).isEmpty(), level + " let pods in");
      cluster.drop(namespace);
    }
  }

  /** What is no node's own needs nothing of a node. */
  private static void jobs(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "restricted");
    List<String> admitted = new ArrayList<>();
    for (Rendering rendering : Rendering.all(ChartBench.newest())) {
      for (Manifest manifest : bench.manifests(rendering)) {
        JsonNode tree = JSON.valueToTree(manifest.tree());
        JsonNode template =
            switch (manifest.kind()) {
              case "Job" -> Trees.at(tree, "spec.template");
              case "CronJob" -> Trees.at(tree, "spec.jobTemplate.spec.template");
              default -> null;
            };
        if (template != null) {
          KubeApi.Answer answer = dryRun(cluster.api(), namespace, template);
          run.check(answer.good(), manifest.name() + ": " + answer.message());
          admitted.add(manifest.name());
        }
      }
    }
    run.check(!admitted.isEmpty(), "the chart has no Job");
    run.figure("admitted", admitted.size());
  }

  private static KubeApi.Answer dryRun(KubeApi api, String namespace, JsonNode template) {
    ObjectNode pod = template.deepCopy();
    pod.put("apiVersion", "v1");
    pod.put("kind", "Pod");
    ((ObjectNode) pod.get("metadata")).put("name", "tried");
    // An account is looked for even so, and is no matter of rights on the node.
    ((ObjectNode) pod.get("spec")).remove("serviceAccountName");
    return api.create("/api/v1/namespaces/" + namespace + "/pods?dryRun=All", pod.toString());
  }

  private static void quota(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace, "resourceQuota.create=false").orFail();
    cluster.awaitEvent(namespace, "insufficient quota to match these scopes");
    run.check(cluster.pods(namespace).isEmpty(), "pods were admitted without a quota");
    cluster.upgrade(namespace).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    cluster.drop(namespace);
  }
}
