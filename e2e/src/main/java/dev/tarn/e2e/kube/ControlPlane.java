package dev.tarn.e2e.kube;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A control plane of one of each, where it is told to be, with its state in a directory of the
 * workspace, which ends it. Authorisation by Node and RBAC, admission as is the default; besides,
 * pods of the system's priorities are admitted only where a ResourceQuota allows it, as some
 * providers have it.
 *
 * <p>Commands come from one thread at a time.
 */
public final class ControlPlane {
  /** What a version of Kubernetes is called under e2e/tools. */
  public static final String KUBERNETES = "kubernetes-1";

  private static final String ETCD = "etcd";
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final String ADMIN_TOKEN = "of-the-harness";

  private final Workspace workspace;
  private final PlaneSetting setting;
  private final Path directory;
  private final Path programs;
  private final Clients clients;
  private final Pki pki;
  private final Pki.Identity administrator;
  private final int etcdPort;
  private final URI server;
  private final KubeApi api;
  private final Path kubeconfig;
  private @Nullable Child apiServer;

  private ControlPlane(
      Workspace workspace,
      PlaneSetting setting,
      Path programs,
      Pki pki,
      Pki.Identity administrator,
      int etcdPort,
      URI server,
      Path kubeconfig)
      throws Exception {
    this.workspace = workspace;
    this.setting = setting;
    this.directory = workspace.directory();
    this.programs = programs;
    this.clients = Clients.of(programs, kubeconfig, directory);
    this.pki = pki;
    this.administrator = administrator;
    this.etcdPort = etcdPort;
    this.server = server;
    this.kubeconfig = kubeconfig;
    this.api = KubeApi.of(server, pki.authority().certificate(), ADMIN_TOKEN);
  }

  public static List<Need> needs() {
    return List.of(
        Need.debian("openssl", "openssl"),
        Need.goTool(ETCD),
        Need.goTool(Tools.version(KUBERNETES)),
        Need.root());
  }

  /** Starts one on loopback, for nodes that are objects only. */
  public static ControlPlane start(Workspace workspace) throws Exception {
    return start(workspace, PlaneSetting.loopback());
  }

  /** Starts one; returns when it serves and its controllers work. */
  public static ControlPlane start(Workspace workspace, PlaneSetting setting) throws Exception {
    Path programs = Tools.build(Tools.version(KUBERNETES));
    Pki pki = Pki.create(workspace.makeDirectory("pki"));
    URI server = URI.create("https://" + setting.address() + ":" + Ports.free());
    Pki.Identity administrator = pki.issue("admin", "system:masters", List.of());
    Path kubeconfig =
        Kubeconfig.write(
            workspace.directory().resolve("admin.kubeconfig"),
            server,
            pki.authority().certificate(),
            administrator);
    ControlPlane plane =
        new ControlPlane(
            workspace, setting, programs, pki, administrator, Ports.free(), server, kubeconfig);
    plane.startEtcd();
    plane.writeApiServersFiles();
    plane.startApiServer();
    plane.startClient("kube-controller-manager", plane.controllerManager());
    plane.startClient("kube-scheduler", List.of());
    Await.until(
        "the controllers work",
        START_LIMIT,
        () -> plane.api.exists("/api/v1/namespaces/default/serviceaccounts/default"));
    return plane;
  }

  /** Such as 1.34.4. */
  public String version() {
    return Tools.version(KUBERNETES).substring(KUBERNETES.indexOf('-') + 1);
  }

  /** As one who may do all. */
  public KubeApi api() {
    return api;
  }

  public URI server() {
    return server;
  }

  /** The certificate by which the API server is known. */
  public Path authority() {
    return pki.authority().certificate();
  }

  Pki pki() {
    return pki;
  }

  /** Of somebody whom the cluster knows by a certificate. */
  public Pki.Identity identity(String user, String group, List<String> names) throws IOException {
    return pki.issue(user, group, names);
  }

  /** Writes what somebody needs to ask the API server. */
  public Path kubeconfig(Path file, Pki.Identity user) throws IOException {
    return Kubeconfig.write(file, server, authority(), user);
  }

  /** The directory of Kubernetes' programs. */
  public Path programs() {
    return programs;
  }

  /** For helm and kubectl, as one who may do all. */
  public Path kubeconfig() {
    return kubeconfig;
  }

  /** Runs kubectl, as one who may do all. */
  public Child.Finished kubectl(String... arguments) {
    return clients.kubectl(arguments);
  }

  /** kubectl and helm, as one who may do all. */
  public Clients clients() {
    return clients;
  }

  /** SIGKILL, as it would serve watches for a minute more; what it knew stays. */
  public void stopApiServer() {
    if (apiServer != null) {
      apiServer.kill();
    }
  }

  /** Starts it, also again, and waits until it is ready. */
  public void startApiServer() throws Exception {
    Pki.Identity serving = pki.issue("kube-apiserver", "", setting.names());
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("kube-apiserver").toString());
    command.addAll(apiServerFlags(serving));
    command.addAll(setting.apiServerFlags(administrator));
    Child started = start("kube-apiserver", command);
    apiServer = started;
    Await.until(
        "the API server is ready",
        START_LIMIT,
        () -> {
          if (!started.alive()) {
            throw new CaseFailed(started.tail());
          }
          return isReady();
        });
  }

  private boolean isReady() {
    try {
      return api.send("GET", "/readyz", "", "").good();
    } catch (CaseFailed notYet) {
      return false;
    }
  }

  private void startEtcd() {
    String client = "http://127.0.0.1:" + etcdPort;
    String peer = "http://127.0.0.1:" + Ports.free();
    start(
        ETCD,
        List.of(
            Tools.build(ETCD).resolve("etcd").toString(),
            "--data-dir=" + directory.resolve("etcd"),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer,
            "--log-level=warn",
            // Nothing here is to survive the machine.
            "--unsafe-no-fsync"));
  }

  private void writeApiServersFiles() throws IOException {
    Files.writeString(
        directory.resolve("tokens.csv"), ADMIN_TOKEN + ",harness,harness,system:masters\n");
    Files.writeString(
        directory.resolve("quota.yaml"),
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: ResourceQuotaConfiguration
        limitedResources:
          - resource: pods
            matchScopes:
              - scopeName: PriorityClass
                operator: In
                values: [system-node-critical, system-cluster-critical]
        """);
    Files.writeString(
        directory.resolve("admission.yaml"),
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: AdmissionConfiguration
        plugins:
          - name: ResourceQuota
            path: quota.yaml
        """);
  }

  private List<String> apiServerFlags(Pki.Identity serving) {
    return List.of(
        "--etcd-servers=http://127.0.0.1:" + etcdPort,
        "--bind-address=" + setting.address(),
        "--secure-port=" + server.getPort(),
        "--tls-cert-file=" + serving.certificate(),
        "--tls-private-key-file=" + serving.key(),
        "--client-ca-file=" + authority(),
        "--token-auth-file=" + directory.resolve("tokens.csv"),
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + pki.serviceAccounts().certificate(),
        "--service-account-signing-key-file=" + pki.serviceAccounts().key(),
        "--service-cluster-ip-range=" + setting.services(),
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--admission-control-config-file=" + directory.resolve("admission.yaml"),
        "--allow-privileged=true",
        "--profiling=false");
  }

  private List<String> controllerManager() {
    return List.of(
        "--controllers=" + setting.controllers(),
        "--use-service-account-credentials=true",
        "--service-account-private-key-file=" + pki.serviceAccounts().key(),
        "--root-ca-file=" + authority(),
        "--cluster-signing-cert-file=" + authority(),
        "--cluster-signing-key-file=" + pki.authority().key(),
        "--kube-api-qps=200",
        "--kube-api-burst=400");
  }

  /** A part that is a client of the API server. */
  private void startClient(String name, List<String> flags) throws IOException {
    Path config =
        Kubeconfig.write(
            directory.resolve(name + ".kubeconfig"),
            server,
            authority(),
            pki.issue("system:" + name, "", List.of()));
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.resolve(name).toString(),
                "--kubeconfig=" + config,
                "--leader-elect=false",
                "--secure-port=0"));
    command.addAll(flags);
    start(name, command);
  }

  private Child start(String name, List<String> command) {
    return workspace.own(Child.start(name, directory, Map.of(), setting.wrapping().apply(command)));
  }
}
