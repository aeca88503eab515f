package dev.tarn.e2e.laptop;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.kube.Clients;
import dev.tarn.e2e.kube.ControlPlane;
import dev.tarn.e2e.kube.KubeApi;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Need;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A cluster that is there, asked by way of {@code kubectl proxy}. Its nodes have to reach a port of
 * this machine, and to know that there is no TLS at it.
 */
public final class ExistingCluster implements KubeCluster {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Path kubeconfig;
  private final Path directory;
  private final Clients clients;
  private final URI server;
  private final KubeApi api;
  private final Upstream upstream;

  private ExistingCluster(
      Path kubeconfig, Path directory, Clients clients, URI server, Upstream upstream) {
    this.kubeconfig = kubeconfig;
    this.directory = directory;
    this.clients = clients;
    this.server = server;
    this.api = KubeApi.open(server);
    this.upstream = upstream;
  }

  /** What must be on the machine. */
  public static List<Need> needs() {
    return List.of(
        Need.debian("docker-registry", "docker-registry"),
        Need.debian("skopeo", "skopeo"),
        Need.goTool("helm"),
        Need.goTool("pod"),
        Need.goTool(Tools.version(ControlPlane.KUBERNETES)));
  }

  /**
   * Begins to use one.
   *
   * @param registry an address of this machine that nodes reach; the port after it is used, too
   */
  public static ExistingCluster open(
      Workspace workspace, Path kubeconfig, InetSocketAddress registry) throws Exception {
    Upstream upstream = Upstream.start(workspace.child("upstream"), registry);
    Path programs = Tools.build(Tools.version(ControlPlane.KUBERNETES));
    int port = Ports.free();
    Child proxy =
        workspace.own(
            Child.start(
                "kubectl-proxy",
                workspace.directory(),
                Map.of(),
                List.of(
                    programs.resolve("kubectl").toString(),
                    "--kubeconfig",
                    kubeconfig.toString(),
                    "proxy",
                    "--port=" + port,
                    // Also what is asked of containers.
                    "--reject-paths=^$")));
    URI server = URI.create("http://127.0.0.1:" + port);
    Await.until(
        "the cluster of " + kubeconfig + " answers",
        START_LIMIT,
        () -> {
          if (!proxy.alive()) {
            throw new CaseFailed(proxy.tail());
          }
          return Fetch.statusOf(server.resolve("/readyz")) == 200;
        });
    return new ExistingCluster(
        kubeconfig,
        workspace.directory(),
        Clients.of(programs, kubeconfig, workspace.makeDirectory("clients")),
        server,
        upstream);
  }

  @Override
  public KubeApi api() {
    return api;
  }

  @Override
  public Clients clients() {
    return clients;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public List<String> nodes() {
    return api.list("/api/v1/nodes").stream()
        .map(node -> Trees.text(node, "metadata.name"))
        .toList();
  }

  @Override
  public Upstream upstream() {
    return upstream;
  }

  /** By way of the API server, which reaches nodes where nobody else may. */
  @Override
  public String page(String node, int port, String path) {
    try {
      return Fetch.text(
          server.resolve("/api/v1/nodes/http:" + node + ":" + port + "/proxy" + path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
