package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.kube.HollowKubelet;
import dev.tarn.e2e.kube.HollowNode;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real control plane with three nodes in two zones, which are hollow, and releases of the chart
 * in it. Cases use it one after another, each with namespaces of its own.
 */
final class ChartCluster {
  /** What a release is called where a case does not name it. */
  static final String RELEASE = "tarn";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ControlPlane plane;
  private final HollowKubelet kubelet;
  private final Helm helm;
  private int namespaces;

  private ChartCluster(ControlPlane plane, HollowKubelet kubelet, Helm helm) {
    this.plane = plane;
    this.kubelet = kubelet;
    this.helm = helm;
  }

  static ChartCluster start(Workspace workspace, Helm helm) throws Exception {
    ControlPlane plane = ControlPlane.start(workspace);
    HollowKubelet kubelet = HollowKubelet.start(plane, workspace);
    kubelet.join("node-1", "10.240.0.1", "zone-a");
    kubelet.join("node-2", "10.240.0.2", "zone-a");
    kubelet.join("node-3", "10.240.0.3", "zone-b");
    return new ChartCluster(plane, kubelet, helm);
  }

  ControlPlane plane() {
    return plane;
  }

  KubeApi api() {
    return plane.api();
  }

  HollowKubelet kubelet() {
    return kubelet;
  }

  List<HollowNode> nodes() {
    return kubelet.nodes();
  }

  /**
   * Makes a namespace, for the case alone: what is left there when it is over goes.
   *
   * @param level of PodSecurity that is enforced there
   */
  String namespace(CaseRun run, String level) throws Exception {
    String name = "case-" + ++namespaces;
    api()
        .create(
            "/api/v1/namespaces",
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: %s
              labels: {pod-security.kubernetes.io/enforce: %s}
            """
                .formatted(name, level))
        .orFail();
    run.workspace().own(() -> clear(name));
    Await.until(
        "what every namespace has is in " + name,
        PATIENCE,
        () ->
            api().exists("/api/v1/namespaces/" + name + "/serviceaccounts/default")
                && api().exists("/api/v1/namespaces/" + name + "/configmaps/kube-root-ca.crt"));
    return name;
  }

  /** Installs the chart with its least values and these settings. */
  Child.Finished install(String namespace, String... settings) {
    return install(namespace, List.of(settings));
  }

  Child.Finished install(String namespace, List<String> settings) {
    return withChart(List.of("install", RELEASE), namespace, settings);
  }

  Child.Finished upgrade(String namespace, String... settings) {
    return withChart(List.of("upgrade", RELEASE), namespace, List.of(settings));
  }

  /** What would be installed, without hooks: for kubectl. */
  String template(String namespace, String... settings) {
    return withChart(
            List.of("template", RELEASE, "--no-hooks", "--kube-version", plane.version()),
            namespace,
            List.of(settings))
        .orFail()
        .output();
  }

  private Child.Finished withChart(List<String> verb, String namespace, List<String> settings) {
    List<String> words = new ArrayList<>(verb);
    words.add(helm.chart().toString());
    words.addAll(List.of("--namespace", namespace));
    words.addAll(List.of("--values", Rendering.minimal(ChartBench.newest()).values().toString()));
    settings.forEach(setting -> words.addAll(List.of("--set", setting)));
    return helm.act(plane.kubeconfig(), words);
  }

  /** Any other command of helm's. */
  Child.Finished helm(String namespace, String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(List.of("--namespace", namespace));
    return helm.act(plane.kubeconfig(), command);
  }

  /** Waits until a DaemonSet has a pod that is ready on every node. */
  void awaitReady(String namespace, String daemonSet) throws Exception {
    Await.until(
        daemonSet + " is ready on every node",
        PATIENCE,
        () -> readyPods(namespace, daemonSet) == nodes().size());
  }

  private int readyPods(String namespace, String daemonSet) {
    JsonNode found = api().send("GET", daemonSets(namespace) + "/" + daemonSet, "", "").body();
    boolean seen =
        Trees.at(found, "status.observedGeneration").asInt(0)
            == Trees.at(found, "metadata.generation").asInt(-1);
    int updated = Trees.at(found, "status.updatedNumberScheduled").asInt(0);
    return seen ? Math.min(updated, Trees.at(found, "status.numberReady").asInt(0)) : 0;
  }

  static String daemonSets(String namespace) {
    return "/apis/apps/v1/namespaces/" + namespace + "/daemonsets";
  }

  /** Those that stay, which Jobs' do not. */
  List<JsonNode> pods(String namespace) {
    return api().list("/api/v1/namespaces/" + namespace + "/pods").stream()
        .filter(pod -> !Trees.text(pod, "metadata.ownerReferences.0.kind").equals("Job"))
        .toList();
  }

  /** The pod of a release's server and agent on that node. */
  JsonNode nodePod(String namespace, HollowNode node) {
    return pods(namespace).stream()
        .filter(pod -> Trees.text(pod, "spec.nodeName").equals(node.name()))
        .filter(pod -> Trees.text(pod, "spec.containers.0.name").equals("tarn"))
        .findFirst()
        .orElseThrow(() -> new CaseFailed("no pod on " + node.name()));
  }

  /** Waits for an event of the namespace whose message has all these words. */
  void awaitEvent(String namespace, String... words) throws Exception {
    Await.until(
        "an event with " + String.join(", ", words) + "; there were " + messages(namespace),
        PATIENCE,
        () ->
            messages(namespace).stream()
                .anyMatch(message -> List.of(words).stream().allMatch(message::contains)));
  }

  List<String> messages(String namespace) {
    return api().list("/api/v1/namespaces/" + namespace + "/events").stream()
        .map(event -> Trees.text(event, "message"))
        .toList();
  }

  /** Ends what a case that failed left, so that others have its ports. */
  private void clear(String namespace) {
    nodes().forEach(kubelet::switchOn);
    helm(namespace, "uninstall", RELEASE, "--no-hooks", "--ignore-not-found").orFail();
  }

  /** Ends a release without what would run afterwards, so that the next case has its ports. */
  void drop(String namespace) throws Exception {
    helm(namespace, "uninstall", RELEASE, "--no-hooks").orFail();
    awaitNoPods(namespace);
  }

  void awaitNoPods(String namespace) throws Exception {
    Await.until("no pod is left in " + namespace, PATIENCE, () -> pods(namespace).isEmpty());
  }
}
