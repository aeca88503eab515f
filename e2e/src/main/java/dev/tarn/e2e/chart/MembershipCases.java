package dev.tarn.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.kube.HollowNode;
import dev.tarn.e2e.kube.Trees;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real server in a pod of the chart's, and the EndpointSlices that real controllers make. */
final class MembershipCases {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private MembershipCases() {}

  static List<Case<ChartBench>> all() {
    return List.of(
        Case.of(
            "a server finds its peers, hears of changes, and goes on without the API server",
            MembershipCases::membership));
  }

  private static void membership(ChartBench bench, CaseRun run) throws Exception {
    ChartCluster cluster = bench.cluster();
    String namespace = cluster.namespace(run, "privileged");
    cluster.install(namespace, "peers.plainHttp=true").orFail();
    cluster.awaitReady(namespace, ChartCluster.RELEASE);
    HollowNode first = cluster.nodes().getFirst();
    HollowNode last = cluster.nodes().getLast();
    int port = Ports.free();
    try (Child server =
            cluster.kubelet().run(cluster.nodePod(namespace, first), "tarn", onLoopback(port));
        Admin admin = new Admin(HttpClient.newHttpClient(), port)) {
      Await.until(
          "two ready members in its own zone and one in the other; " + server.tail(),
          PATIENCE,
          () -> admin.ready("zone-a") == 2 && admin.ready("zone-b") == 1);

      ready(cluster, cluster.nodePod(namespace, last), false);
      Await.until(
          "the member that is not ready any more is known as such",
          PATIENCE,
          () -> admin.ready("zone-b") == 0);

      cluster.plane().stopApiServer();
      Await.until(
          "the outage is noticed", PATIENCE, () -> admin.sum("tarn_membership_failures_total") > 0);
      run.checkEquals("members without the API server", 2, admin.ready("zone-a"));
      run.check(admin.isReady(), "it is not ready without the API server");

      cluster.plane().startApiServer();
      ready(cluster, cluster.nodePod(namespace, last), true);
      Await.until("it hears of changes again", PATIENCE, () -> admin.ready("zone-b") == 1);
    }
    cluster.drop(namespace);
  }

  /** Every node of this cluster is this machine. */
  private static Map<String, String> onLoopback(int adminPort) {
    return Map.of(
        "TARN_ADMIN_LISTEN", "127.0.0.1:" + adminPort,
        "TARN_PEERS_LISTEN", "127.0.0.1:" + Ports.free(),
        "TARN_REGISTRY_LISTEN", "127.0.0.1:" + Ports.free());
  }

  /** What a kubelet says of a pod whose probe changed its mind. */
  private static void ready(ChartCluster cluster, JsonNode pod, boolean ready) {
    cluster
        .api()
        .merge(
            "/api/v1/namespaces/%s/pods/%s/status"
                .formatted(Trees.text(pod, "metadata.namespace"), Trees.text(pod, "metadata.name")),
            "{status: {conditions: [{type: Ready, status: '%s'}]}}"
                .formatted(ready ? "True" : "False"))
        .orFail();
  }

  /** The server's admin endpoint. */
  private record Admin(HttpClient http, int port) implements AutoCloseable {
    private static final int OK = 200;

    /** Those that are ready by the API server's word: nobody answers at their addresses. */
    long ready(String zone) {
      Metrics metrics = read();
      String label = "\"" + zone + "\"";
      return (long)
          (metrics.sum("tarn_members", label)
              - metrics.sum("tarn_members", label, "\"not_ready\""));
    }

    double sum(String metric) {
      return read().sum(metric);
    }

    boolean isReady() {
      return get("/readyz").filter(answer -> answer.statusCode() == OK).isPresent();
    }

    private Metrics read() {
      return Metrics.parse(get("/metrics").map(HttpResponse::body).orElse(""));
    }

    private Optional<HttpResponse<String>> get(String path) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      try {
        return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
      } catch (IOException notYet) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while asking for " + path, e);
      }
    }

    @Override
    public void close() {
      http.close();
    }
  }
}
