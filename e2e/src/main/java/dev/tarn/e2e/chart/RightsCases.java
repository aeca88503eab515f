package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.HollowNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What Tarn's ServiceAccount may do, by the API server's own word. */
final class RightsCases {
  private static final int FORBIDDEN = 403;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String OURS = "tarn.dev/starting:NoSchedule";
  private static final String TAINTS =
      """
      [{key: example.com/other, effect: NoSchedule}, {key: tarn.dev/starting, effect: NoSchedule},
       {key: tarn.dev/starting, effect: NoExecute}]
      """;

  /** What every ServiceAccount may create: questions about itself. */
  private static final List<String> ABOUT_ITSELF =
      List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews");

  private RightsCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of(
            "RBAC: the ServiceAccount reads its EndpointSlices, and nothing else",
            RightsCases::readsSlices),
        Case.of("RBAC: without peers it may do nothing", RightsCases::nothingWithoutPeers),
        Case.of(
            "taint: the policy lets a pod remove its own node's taint, and nothing else",
            RightsCases::policy),
        Case.of("taint: the agent removes it, with the pod's token", RightsCases::agent));
  }

  private static void readsSlices(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace).orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    HollowNode node = cluster.nodes().getFirst();
    KubeApi account = cluster.api().as(cluster.api().tokenOf(cluster.nodePod(namespace, node)));

    run.check(
        rules(account, namespace)
            .equals("[get endpointslices, list endpointslices, watch endpointslices]"),
        "it may " + rules(account, namespace));
    run.check(rules(account, "default").equals("[]"), "elsewhere " + rules(account, "default"));
    String own = "/namespaces/" + namespace;
    run.check(
        account.list("/apis/discovery.k8s.io/v1" + own + "/endpointslices").size() == 1,
        "it does not see its slice");
    for (String path :
        List.of(
            "/apis/discovery.k8s.io/v1/endpointslices",
            "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
            "/api/v1" + own + "/secrets",
            "/api/v1" + own + "/pods",
            "/api/v1" + own + "/configmaps",
            "/api/v1" + own + "/endpoints",
            "/api/v1/nodes",
            "/api/v1/nodes/" + node.name(),
            "/apis/apps/v1" + own + "/daemonsets",
            "/metrics")) {
      run.checkEquals("status of " + path, FORBIDDEN, account.send("GET", path, "", "").status());
    }
    run.checkEquals(
        "status of a patch of its node",
        FORBIDDEN,
        account.merge(node.path(), "{metadata: {labels: {a: b}}}").status());
    run.checkEquals(
        "status of a new slice",
        FORBIDDEN,
        account
            .create(
                "/apis/discovery.k8s.io/v1" + own + "/endpointslices",
                "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4,"
                    + " metadata: {name: x}, endpoints: []}")
            .status());
    cluster.drop(namespace);
  }

  private static void nothingWithoutPeers(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace, "peers.enabled=false").orFail();
    KubeApi account = cluster.api().as(cluster.api().token(namespace, ChartCluster.RELEASE));
    run.check(rules(account, namespace).equals("[]"), "it may " + rules(account, namespace));
    cluster.drop(namespace);
  }

  /** What an account may do in a namespace, besides what all may. */
  private static String rules(KubeApi account, String namespace) {
    JsonNode review =
        account
            .create(
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                "{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectRulesReview, spec: {namespace: "
                    + namespace
                    + "}}")
            .orFail();
    TreeSet<String> rights = new TreeSet<>();
    for (JsonNode rule : Trees.list(review, "status.resourceRules")) {
      for (JsonNode resource : Trees.list(rule, "resources")) {
        for (JsonNode verb : Trees.list(rule, "verbs")) {
          if (!ABOUT_ITSELF.contains(resource.asText())) {
            rights.add(verb.asText() + " " + resource.asText());
          }
        }
      }
    }
    return rights.toString();
  }

  private static void policy(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace, "taint.enabled=true").orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    HollowNode own = cluster.nodes().getFirst();
    HollowNode other = cluster.nodes().get(1);
    own.taint(cluster.api(), TAINTS);
    other.taint(cluster.api(), TAINTS);
    KubeApi pod = cluster.api().as(cluster.api().tokenOf(cluster.nodePod(namespace, own)));
    KubeApi unbound = cluster.api().as(cluster.api().token(namespace, ChartCluster.RELEASE));
    Await.until(
        "the policy is in force",
        PATIENCE,
        () -> pod.merge(own.path(), "{metadata: {labels: {a: b}}}").status() == FORBIDDEN);

    for (Map.Entry<String, String> wrong : wrongPatches().entrySet()) {
      JsonNode before = unchanging(cluster.api().get(own.path()));
      KubeApi.Answer answer = pod.merge(own.path(), wrong.getValue());
      run.checkEquals(wrong.getKey() + ": " + answer.body(), FORBIDDEN, answer.status());
      run.check(
          unchanging(cluster.api().get(own.path())).equals(before), wrong.getKey() + " took place");
    }
    run.checkEquals("another node", FORBIDDEN, remove(pod, other).status());
    run.checkEquals("a token of no pod", FORBIDDEN, remove(unbound, own).status());
    for (String path : List.of(own.path() + "/status", own.path() + "/proxy/")) {
      run.checkEquals(path, FORBIDDEN, pod.merge(path, "{status: {phase: Running}}").status());
    }
    run.checkEquals("its end", FORBIDDEN, pod.delete(own.path()).status());

    run.check(remove(pod, own).good(), "its own taint stays");
    run.check(
        own.taints(cluster.api())
            .equals(List.of("example.com/other:NoSchedule", "tarn.dev/starting:NoExecute")),
        "left: " + own.taints(cluster.api()));
    run.checkEquals("what others have", 3, other.taints(cluster.api()).size());
    cluster.nodes().forEach(node -> node.taint(cluster.api(), "[]"));
    cluster.drop(namespace);
    run.figure("refused", wrongPatches().size() + 5);
  }

  /** As the agent does it. */
  private static KubeApi.Answer remove(KubeApi api, HollowNode node) {
    return api.send(
        "PATCH",
        node.path(),
        "application/json-patch+json",
        """
        [{"op": "test", "path": "/spec/taints/1/key", "value": "tarn.dev/starting"},
         {"op": "test", "path": "/spec/taints/1/effect", "value": "NoSchedule"},
         {"op": "remove", "path": "/spec/taints/1"}]
        """);
  }

  private static Map<String, String> wrongPatches() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("a label", "{metadata: {labels: {tier: gold}}}");
    wrong.put("a label's end", "{metadata: {labels: {kubernetes.io/os: null}}}");
    wrong.put("an annotation", "{metadata: {annotations: {a: b}}}");
    wrong.put("a finalizer", "{metadata: {finalizers: [example.com/never]}}");
    wrong.put(
        "an owner",
        "{metadata: {ownerReferences: [{apiVersion: v1, kind: Node, name: node-2, uid: x}]}}");
    wrong.put("cordoned", "{spec: {unschedulable: true}}");
    wrong.put("a provider", "{spec: {providerID: 'aws:///x'}}");
    wrong.put("pod networks", "{spec: {podCIDR: 10.1.0.0/24, podCIDRs: [10.1.0.0/24]}}");
    wrong.put("all taints", "{spec: {taints: null}}");
    wrong.put(
        "another's taint",
        "{spec: {taints: [{key: tarn.dev/starting, effect: NoSchedule},"
            + " {key: tarn.dev/starting, effect: NoExecute}]}}");
    wrong.put(
        "its key with another effect",
        "{spec: {taints: [{key: example.com/other, effect: NoSchedule},"
            + " {key: tarn.dev/starting, effect: NoSchedule}]}}");
    wrong.put(
        "a new taint",
        "{spec: {taints: [{key: a, effect: NoExecute}, " + TAINTS.strip().substring(1) + "}}");
    wrong.put(
        "another value of a taint",
        "{spec: {taints: [{key: example.com/other, value: x, effect: NoSchedule},"
            + " {key: tarn.dev/starting, effect: NoExecute}]}}");
    wrong.put(
        "its taint and a label",
        "{metadata: {labels: {a: b}}, spec: {taints: [{key: example.com/other, effect: NoSchedule},"
            + " {key: tarn.dev/starting, effect: NoExecute}]}}");
    return wrong;
  }

  /** What of a node is anybody's to change but by the versions that count changes. */
  private static JsonNode unchanging(JsonNode node) {
    return Trees.yaml(
        "{labels: %s, annotations: %s, spec: %s}"
            .formatted(
                Trees.at(node, "metadata.labels"),
                Trees.at(node, "metadata.annotations"),
                Trees.at(node, "spec")));
  }

  private static void agent(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace, "taint.enabled=true", "taint.limit=1s").orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    HollowNode node = cluster.nodes().getFirst();
    node.taint(cluster.api(), TAINTS);
    try (Child agent = cluster.kubelet().run(cluster.nodePod(namespace, node), "agent", Map.of())) {
      Await.until(
          "the agent removes the taint; " + agent.output(),
          PATIENCE,
          () -> !node.taints(cluster.api()).contains(OURS));
      Await.until("it says so", PATIENCE, () -> agent.output().contains("taint_removed"));
    }
    run.checkEquals("taints that stay", 2, node.taints(cluster.api()).size());
    node.taint(cluster.api(), "[]");
    cluster.drop(namespace);
  }
}
