package dev.tarn.e2e.chart;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is tried of the chart. */
final class ChartCases {
  private static final Map<String, String> FIELDS =
      Map.of("status.hostIP", "10.1.2.3", "spec.nodeName", "node-1.example.com");

  /** The files of options in the image, and what the launcher is told for the same program. */
  private static final Map<String, List<String>> PROGRAMS =
      Map.of(
          "@/opt/tarn/serve.args", List.of(),
          "@/opt/tarn/tool.args", List.of(),
          "@/opt/tarn/agent.args", List.of("agent"),
          "@/opt/tarn/agent-tool.args", List.of("agent"));

  private static final Pattern MOUNTED = Pattern.compile("/etc/tarn/[A-Za-z0-9._/-]+");
  private static final int MISUSED = 2;

  /** What stands in files that the pod would have mounted: good for every one of them. */
  private static final String PROVIDERS =
      """
      {"apiVersion": "kubelet.config.k8s.io/v1", "kind": "CredentialProviderConfig", "providers": [{"name": "plugin",
       "apiVersion": "credentialprovider.kubelet.k8s.io/v1", "matchImages": ["*"], "defaultCacheDuration": "1h"}]}
      """;

  /** Settings, and what helm has to say of them. */
  private static final Map<String, String> WRONG = wrong();

  private ChartCases() {}

  private static Map<String, String> wrong() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("cache.size=100GiB", "'size'");
    wrong.put("cache.maxSize=lots", "/cache/maxSize");
    wrong.put("peers.enabled=maybe", "/peers/enabled");
    wrong.put("peers.tls.life=soon", "/peers/tls/life");
    wrong.put("peers.tls.certManager.nodes[0]=x", "'nodes'");
    wrong.put("peers.tls.certManager.enabled=true", "issuerRef.name is needed");
    wrong.put("peers.tls.filesPerNode=true", "filesPerNode is for an existingSecret");
    wrong.put("distribution=openshift", "/distribution");
    wrong.put("ports.registry=0", "/ports/registry");
    wrong.put("registries.quay\\.io.mirror=x", "'mirror'");
    wrong.put("registries.quay\\.io.upstreams[0]=quay.io", "upstreams");
    wrong.put("registries.quay\\.io.maxAge=soon", "maxAge");
    wrong.put("credentialProviders.config=/etc/x.json", "config and binDir belong together");
    wrong.put("registries.quay\\.io.credentials.provider=true", "credentials.provider needs");
    wrong.put("registries.quay\\.io.ca=ca.crt", "registries.quay.io: ca names a key of extraCA");
    wrong.put("registry.listen=0.0.0.0:5050", "'registry'");
    wrong.put("config.registry.listen=0.0.0.0:5050", "'listen'");
    wrong.put("pools.UPPER.zone=a", "UPPER");
    wrong.put("pools.edge.images=x", "'images'");
    wrong.put("imagePullSecrets[0].name=x", "/imagePullSecrets/0");
    wrong.put("image.repository=", "image.repository is needed");
    wrong.put("taint.taint=tarn.dev/starting", "/taint/taint");
    wrong.put("serviceAccount.create=false", "serviceAccount.name is needed");
    wrong.put("logging.level=loud", "/logging/level");
    wrong.put("monitoring.rules.documentation=docs", "/monitoring/rules/documentation");
    wrong.put("monitoring.dashboard.enabled=true", "'enabled'");
    return wrong;
  }

  static void lint(ChartBench bench, CaseRun run) {
    for (Rendering rendering : Rendering.all(ChartBench.newest())) {
      Child.Finished finished = bench.helm().lint(rendering);
      run.check(finished.status() == 0, rendering + ": " + finished.output());
    }
  }

  static void conform(ChartBench bench, CaseRun run, String version) throws IOException {
    List<Rendering> renderings = Rendering.all(version);
    for (Rendering rendering : renderings) {
      Path file = run.workspace().directory().resolve("manifests.yaml");
      Files.writeString(file, bench.text(rendering));
      Child.Finished finished = bench.kubeconform(file, version);
      run.check(finished.status() == 0, rendering + ": " + finished.output());
      run.check(!finished.output().contains("Valid: 0,"), rendering + ": nothing was looked at");
    }
    run.figure("renderings", renderings.size());
  }

  /** So that the cases before can fail. */
  static void strict(ChartBench bench, CaseRun run) throws IOException {
    String version = ChartBench.newest();
    String right = bench.text(Rendering.minimal(version));
    for (String wrong :
        List.of(
            right.replace("hostNetwork: true", "hostNetworks: true"),
            bench
                .text(Rendering.minimal(version, "monitoring.podMonitor.enabled=true"))
                .replace("podMetricsEndpoints:", "endpoints:"),
            right.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: sometimes"),
            right.replace("type: DirectoryOrCreate", "types: DirectoryOrCreate"))) {
      run.check(!wrong.equals(right), "nothing was made wrong");
      Path file = run.workspace().directory().resolve("wrong.yaml");
      Files.writeString(file, wrong);
      run.check(
          bench.kubeconform(file, version).status() != 0, "kubeconform let pass what is wrong");
    }
  }

  static void serverConfigurations(ChartBench bench, CaseRun run) throws IOException {
    int checked = 0;
    for (Rendering rendering : Rendering.all(ChartBench.newest())) {
      List<Manifest> manifests = bench.manifests(rendering);
      for (Manifest config : configMaps(manifests)) {
        Path here = run.workspace().makeDirectory("checked-" + checked++);
        Manifest container = container(manifests, config.name(), "tarn");
        Path file = withFiles(here, config.data("tarn.yaml"));
        Map<String, String> environment = new HashMap<>(container.environment(FIELDS));
        environment.keySet().removeIf(name -> !name.startsWith("TARN_"));
        Child.Finished finished =
            bench.tarn(environment, List.of("config", "check", "--config", file.toString()));
        run.check(finished.status() == 0, rendering + ": " + finished.output());
      }
    }
    run.figure("configurations", checked);
  }

  static void agentConfigurations(ChartBench bench, CaseRun run) throws IOException {
    int checked = 0;
    for (Rendering rendering : Rendering.all(ChartBench.newest())) {
      for (Manifest config : configMaps(bench.manifests(rendering))) {
        String toml = config.data("agent.toml");
        if (toml.isEmpty()) {
          continue;
        }
        Path file = run.workspace().directory().resolve("agent-" + checked++ + ".toml");
        Files.writeString(file, toml);
        Child.Finished finished =
            bench.tarn(Map.of(), List.of("agent", "config", "check", "--config", file.toString()));
        run.check(finished.status() == 0, rendering + ": " + finished.output());
      }
    }
    run.figure("configurations", checked);
  }

  /** Each but those that run for good, with a host that has nothing. */
  static void commands(ChartBench bench, CaseRun run) {
    Path host = run.workspace().makeDirectory("host");
    List<List<String>> tried = new ArrayList<>();
    for (Rendering rendering : Rendering.all(ChartBench.newest())) {
      for (Manifest manifest : bench.manifests(rendering)) {
        for (Manifest container : manifest.containers()) {
          List<String> words = container.texts("command");
          List<String> program = PROGRAMS.get(words.get(1));
          if (program == null || !words.getFirst().equals("/opt/java/bin/java")) {
            throw new CaseFailed(manifest.name() + " runs " + words);
          }
          List<String> command = new ArrayList<>(program);
          command.addAll(words.subList(2, words.size()));
          if (isTool(command) && !tried.contains(command)) {
            tried.add(List.copyOf(command));
            Child.Finished finished = bench.tarn(Map.of(), harmless(command, host));
            run.check(
                finished.status() >= 0 && finished.status() != MISUSED,
                command + ": " + finished.output());
          }
        }
      }
    }
    run.check(tried.size() >= 5, "only " + tried);
    run.figure("commands", tried.size());
  }

  static void refusals(ChartBench bench, CaseRun run) {
    WRONG.forEach(
        (setting, message) -> {
          Child.Finished finished =
              bench.helm().template(Rendering.minimal(ChartBench.newest(), setting));
          run.check(finished.status() != 0, setting + " was taken");
          run.check(
              finished.output().contains(message),
              setting + " was refused with " + finished.output());
        });
    Child.Finished old = bench.helm().template(Rendering.minimal("1.29.0", "taint.enabled=true"));
    run.check(
        old.status() != 0 && old.output().contains("has no ValidatingAdmissionPolicy"),
        "taint without a policy: " + old.output());
    run.figure("refused", WRONG.size() + 1);
  }

  static void contents(ChartBench bench, CaseRun run) {
    String version = ChartBench.newest();
    List<Manifest> minimal = bench.manifests(Rendering.of("minimal", version));
    expect(
        run,
        minimal,
        "ServiceAccount 3, ConfigMap 1, Role 3, RoleBinding 3, Service 1, DaemonSet 2, Job 2,"
            + " CronJob 1, Pod 1, ResourceQuota 1");
    Manifest node = named(minimal, "DaemonSet", "release-name-tarn");
    run.check(
        node.text("spec.template.spec.terminationGracePeriodSeconds").equals("40"),
        "the drain does not fit: " + node.text("spec.template.spec.terminationGracePeriodSeconds"));
    run.check(
        node.text("spec.template.spec.hostNetwork").equals("true")
            && node.text("spec.template.spec.dnsPolicy").equals("Default"),
        "a pod of the node's network");
    for (Manifest rule : named(minimal, "Role", "release-name-tarn").list("rules")) {
      run.check(
          rule.texts("resources").equals(List.of("endpointslices"))
              && rule.texts("verbs").equals(List.of("get", "list", "watch")),
          "the Role has more than endpointslices: " + rule);
    }
    for (Manifest volume : node.list("spec.template.spec.volumes")) {
      String type = volume.text("hostPath.type");
      run.check(
          volume.text("name").equals("cache") || type.isEmpty() || type.equals("Directory"),
          "a directory of the host might be made: " + volume);
    }
    List<Manifest> pools = bench.manifests(Rendering.of("pools", version));
    run.checkEquals(
        "DaemonSets of three pools with configure-containerd and uninstall",
        9,
        ofKind(pools, "DaemonSet").size());
    run.check(
        container(pools, "release-name-tarn-edge", "agent")
            .list("volumeMounts")
            .toString()
            .contains("/host/var/lib/rancher/k3s/agent/etc/containerd"),
        "the pool edge is not k3s");
    Manifest grace =
        named(bench.manifests(Rendering.of("everything", version)), "DaemonSet", "everything");
    run.check(
        grace.text("spec.template.spec.terminationGracePeriodSeconds").equals("85"),
        "a longer drain is not given time");
  }

  static void certificates(ChartBench bench, CaseRun run) {
    String version = ChartBench.newest();
    List<Manifest> minimal = bench.manifests(Rendering.minimal(version));
    Manifest job = certificateJob(minimal);
    String name = job.name();
    run.check(
        job.text("metadata.annotations").isEmpty(), "the Job is a hook: " + job.text("metadata"));
    run.check(
        name.equals(certificateJob(bench.manifests(Rendering.minimal(version))).name()),
        "another name for the same");
    run.check(
        name.equals(
            certificateJob(bench.manifests(Rendering.minimal(version, "cache.maxSize=1GiB")))
                .name()),
        "another name where something else changes");
    for (String setting : List.of("image.tag=v2", "peers.tls.life=30d", "tolerations=null")) {
      run.check(
          !name.equals(certificateJob(bench.manifests(Rendering.minimal(version, setting))).name()),
          setting + " changes what the Job runs, and not its name");
    }
    Manifest cron = ofKind(minimal, "CronJob").getFirst();
    run.check(
        cron.text("spec.schedule").matches("[0-9]{1,2} [0-9]{1,2} \\* \\* \\*"),
        "not daily: " + cron.text("spec.schedule"));
    run.check(
        job.containers()
            .getFirst()
            .texts("command")
            .equals(cron.containers().getFirst().texts("command")),
        "the CronJob runs something else");
    Manifest pod = job.containers().getFirst();
    run.check(
        pod.text("securityContext.readOnlyRootFilesystem").equals("true")
            && job.text("spec.template.spec.securityContext.runAsNonRoot").equals("true")
            && job.text("spec.template.spec.hostNetwork").isEmpty()
            && job.list("spec.template.spec.volumes").isEmpty(),
        "the Job's pod has more than it needs: " + job.text("spec.template.spec"));
    for (String setting :
        List.of(
            "peers.tls.existingSecret=mine",
            "peers.tls.create=false",
            "peers.plainHttp=true",
            "peers.enabled=false")) {
      List<Manifest> without = bench.manifests(Rendering.minimal(version, setting));
      run.check(
          without.stream().noneMatch(manifest -> manifest.name().contains("certificates")),
          setting + " makes certificates all the same");
    }
    Manifest volume =
        named(minimal, "DaemonSet", "release-name-tarn").list("spec.template.spec.volumes").stream()
            .filter(each -> each.text("name").equals("peers"))
            .findFirst()
            .orElseThrow(() -> new CaseFailed("no volume for certificates"));
    run.check(
        volume.text("secret.optional").equals("true")
            && !volume.text("secret").contains("next.key"),
        "the Secret's volume: " + volume.text("secret"));
    List<Manifest> issued =
        ofKind(bench.manifests(Rendering.of("cert-manager", version)), "Certificate");
    run.check(
        issued.size() == 1 && issued.getFirst().text("spec.isCA").equals("true"),
        "cert-manager: " + issued.size() + " Certificates");
  }

  private static Manifest certificateJob(List<Manifest> manifests) {
    return ofKind(manifests, "Job").stream()
        .filter(job -> job.name().contains("-certs-"))
        .findFirst()
        .orElseThrow(() -> new CaseFailed("no Job for certificates"));
  }

  private static void expect(CaseRun run, List<Manifest> manifests, String kinds) {
    Map<String, Integer> expected = new HashMap<>();
    for (String each : kinds.split(", ", -1)) {
      expected.put(each.split(" ", -1)[0], Integer.parseInt(each.split(" ", -1)[1]));
    }
    Map<String, Integer> found = new HashMap<>();
    manifests.forEach(manifest -> found.merge(manifest.kind(), 1, Integer::sum));
    run.check(found.equals(expected), "expected " + expected + ", found " + found);
  }

  static List<Manifest> ofKind(List<Manifest> manifests, String kind) {
    return manifests.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  /** Those with configurations. */
  private static List<Manifest> configMaps(List<Manifest> manifests) {
    return ofKind(manifests, "ConfigMap").stream()
        .filter(map -> !map.data("tarn.yaml").isEmpty())
        .toList();
  }

  private static Manifest named(List<Manifest> manifests, String kind, String name) {
    return ofKind(manifests, kind).stream()
        .filter(manifest -> manifest.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new CaseFailed("no " + kind + " " + name));
  }

  /** A container of the DaemonSet of that name, which its ConfigMap has, too. */
  private static Manifest container(List<Manifest> manifests, String name, String container) {
    return named(manifests, "DaemonSet", name).containers().stream()
        .filter(each -> each.text("name").equals(container))
        .findFirst()
        .orElseThrow(() -> new CaseFailed(name + " has no container " + container));
  }

  /** The configuration with the paths of the pod below a directory, where what it names is. */
  private static Path withFiles(Path directory, String yaml) throws IOException {
    String here = yaml.replace("/run/tarn", directory.toString());
    Matcher mounted = MOUNTED.matcher(here);
    while (mounted.find()) {
      Path file = directory.resolve(mounted.group().substring(1));
      Files.createDirectories(Tools.directoryOf(file));
      Files.writeString(file, PROVIDERS);
    }
    String text = here.replace("/etc/tarn/", directory + "/etc/tarn/");
    return Files.writeString(directory.resolve("tarn.yaml"), text);
  }

  private static boolean isTool(List<String> command) {
    return !command.contains("serve") && !command.contains("run");
  }

  private static List<String> harmless(List<String> command, Path host) {
    List<String> words = new ArrayList<>();
    for (String word : command) {
      if (word.equals("--host=/host")) {
        words.add("--host=" + host);
      } else if (word.equals("/var/lib/tarn")) {
        words.add(host.toString());
      } else if (word.equals("--stay") && command.contains("uninstall")) {
        words.add("--stay");
        words.add("--seconds=1");
      } else if (word.equals("--stay")) {
        words.add("--print");
      } else if (!word.startsWith("--seconds=")) {
        words.add(word);
      }
    }
    return words;
  }
}
