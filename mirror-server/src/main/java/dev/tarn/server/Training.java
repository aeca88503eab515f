package dev.tarn.server;

import dev.tarn.core.placement.Membership;
import dev.tarn.server.demo.EmbeddedApiServer;
import dev.tarn.server.demo.TemporaryDirectory;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.MembershipListener;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The start of a node as {@code serve} does it, up to its first members and the answers to its
 * first probe and scrape: for the launcher, which has the JVM keep what it learns of it. Runs on
 * the main thread.
 */
final class Training {
  private static final String CONFIGURATION =
      """
      registry:
        listen: 127.0.0.1:0
      admin:
        listen: 127.0.0.1:0
      store:
        minFree: 0%
        reserveFree: 0%
      registries:
        docker.io: {}
      peers:
        mode: kubernetes
        plainHttp: true
      """;

  private static final Duration MEMBERS_WITHIN = Duration.ofSeconds(10);

  private Training() {}

  static int run(PrintStream out, PrintStream err) throws IOException {
    try (TemporaryDirectory directory = TemporaryDirectory.create("tarn-training-")) {
      Path file = Files.writeString(directory.path().resolve("tarn.yaml"), CONFIGURATION);
      Path store = directory.path().resolve("store");
      Path account = directory.path().resolve("account");
      int status;
      try (EmbeddedApiServer api = EmbeddedApiServer.start(account)) {
        Map<String, String> environment =
            Map.of(
                "TARN_STORE_PATH", store.toString(),
                "TARN_PEERS_SERVICE_ACCOUNT", account.toString(),
                "TARN_PEERS_API_SERVER", api.url().toString());
        status = Serve.run(Optional.of(file), environment, out, err, Training::probeAndEnd);
      }
      // By that the node was told to end.
      boolean _ = Thread.interrupted();
      return status;
    }
  }

  private static void probeAndEnd(Node node) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      awaitMembers(node.membership().orElseThrow());
      for (String path : List.of("/readyz", "/metrics")) {
        URI uri = URI.create("http://127.0.0.1:" + node.adminAddress().getPort() + path);
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      // Told to end earlier.
    }
    Thread.currentThread().interrupt();
  }

  private static void awaitMembers(ClusterMembership membership) throws InterruptedException {
    CountDownLatch known = new CountDownLatch(1);
    membership.listen(
        new MembershipListener() {
          @Override
          public void changed(Membership before, Membership after) {
            if (after.size() == EmbeddedApiServer.ENDPOINTS) {
              known.countDown();
            }
          }

          @Override
          public void sourceFailed(Throwable cause) {}
        });
    if (membership.current().size() != EmbeddedApiServer.ENDPOINTS
        && !known.await(MEMBERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("no members were found");
    }
  }
}
