package dev.tarn.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * All that a node in training deals with: an upstream, an API server, a peer, and clients that pull
 * from it. In a process of its own, so that the JVM of the node learns nothing of them. Runs on the
 * main thread.
 */
public final class TrainingGround {
  /** The node's configuration, written before {@link #READY} is. */
  public static final String CONFIGURATION = "tarn.yaml";

  /** The line that is printed when the node may start. */
  public static final String READY = "ready";

  private static final String NODE = "node-1";
  private static final String PEER = "node-2";
  private static final String REPOSITORY = "training/app";
  private static final String TAG = "1.0";
  private static final long SEED = 7;
  private static final int MIB = 1024 * 1024;
  private static final int[] LAYER_BYTES = {12 * MIB, 3 * MIB, 300_000};
  private static final long UPSTREAM_BYTES_PER_SECOND = 20_000_000;
  private static final int ROUNDS = 5;

  private TrainingGround() {}

  /** Where the node in training listens. */
  private record Ports(int registry, int admin, int peers, int peersOfPeer) {
    static Ports free() throws IOException {
      List<Integer> ports = DemoCluster.freePorts(4);
      return new Ports(ports.get(0), ports.get(1), ports.get(2), ports.get(3));
    }
  }

  /**
   * Prints {@link #READY}; once a byte comes in, by which the node serves and has found its peer,
   * pulls through it, and ends.
   *
   * @throws IOException where a pull failed
   */
  public static void run(Path directory, InputStream in, PrintWriter out, String version)
      throws IOException, InterruptedException {
    GeneratedImage image = GeneratedImage.generate(SEED, LAYER_BYTES);
    DemoIdentities identities = DemoIdentities.load();
    Ports ports = Ports.free();
    Path account = directory.resolve("account");
    try (EmbeddedRegistry upstream =
            EmbeddedRegistry.start(
                image, REPOSITORY, TAG, Optional.of(identities), UPSTREAM_BYTES_PER_SECOND);
        EmbeddedApiServer api =
            EmbeddedApiServer.start(
                identities, account, List.of(ports.peers(), ports.peersOfPeer()))) {
      identities.writeTo(directory, NODE);
      identities.writeTo(directory, PEER);
      Files.writeString(
          directory.resolve(CONFIGURATION), configuration(directory, ports, upstream, api));
      List<String> members =
          List.of(NODE + "=127.0.0.1:" + ports.peers(), PEER + "=127.0.0.1:" + ports.peersOfPeer());
      DemoNode.Place place = new DemoNode.Place(PEER, ports.peersOfPeer(), members, directory);
      try (DemoNode peer = DemoNode.start(place, upstream, version)) {
        out.println(READY);
        if (in.read() >= 0) {
          URI node = URI.create("http://127.0.0.1:" + ports.registry());
          pull(List.of(node, peer.mirror()), upstream.host(), image);
          probe(URI.create("http://127.0.0.1:" + ports.admin()));
        }
      }
    }
  }

  private static String configuration(
      Path directory, Ports ports, EmbeddedRegistry upstream, EmbeddedApiServer api)
      throws IOException {
    Path content = Files.createDirectories(directory.resolve("containerd"));
    return """
    registry:
      listen: 127.0.0.1:%d
    admin:
      listen: 127.0.0.1:%d
    store:
      path: %s
      minFree: 0%%
      reserveFree: 0%%
    containerd:
      contentStore: %s
    registries:
      "%s":
        upstreams:
          - %s
    peers:
      mode: kubernetes
      node: %s
      listen: 127.0.0.1:%d
      apiServer: %s
      serviceAccount: %s
      tls: %s
    """
        .formatted(
            ports.registry(),
            ports.admin(),
            directory.resolve("store"),
            content,
            upstream.host(),
            upstream.entry(directory),
            NODE,
            ports.peers(),
            api.url(),
            directory.resolve("account"),
            DemoIdentities.tlsOf(directory, NODE));
  }

  /** All mirrors at once, so that they share; then again, from their disks. */
  private static void pull(List<URI> mirrors, String namespace, GeneratedImage image)
      throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        PullClient client = new PullClient(System::nanoTime)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<?>> pulls = new ArrayList<>();
        for (URI mirror : mirrors) {
          URI base = mirror.resolve("/v2/" + REPOSITORY + "/");
          pulls.add(threads.submit(() -> client.pull(base, namespace, TAG, image)));
        }
        for (Future<?> pull : pulls) {
          pull.get();
        }
      }
    } catch (ExecutionException e) {
      throw new IOException("a pull failed: " + e.getMessage(), e);
    }
  }

  private static void probe(URI admin) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/readyz", "/metrics")) {
        // Prometheus' own choice of format; the other one shares most of what it needs.
        client.send(
            HttpRequest.newBuilder(admin.resolve(path))
                .header("Accept", "application/openmetrics-text, */*;q=0.1")
                .build(),
            BodyHandlers.ofString());
      }
    }
  }
}
