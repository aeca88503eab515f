package dev.tarn.server.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Has three nodes pull a generated image at once from an upstream in this process, then once more
 * with that upstream stopped, and shows where the bytes came from. Needs no network and no
 * privileges.
 */
public final class Demo {
  private static final int NODES = 3;
  private static final String REPOSITORY = "demo/app";
  private static final String TAG = "1.0";
  private static final long SEED = 42;
  private static final int MIB = 1024 * 1024;
  private static final int[] LAYER_BYTES = {40 * MIB, 12 * MIB, 2 * MIB, 300_000};
  private static final long UPSTREAM_BYTES_PER_SECOND = 50_000_000;

  private final PrintWriter out;
  private final String version;

  private Demo(PrintWriter out, String version) {
    this.out = out;
    this.version = version;
  }

  /** What one node's pull came to. */
  private record Pulled(DemoNode node, DemoNode.Fetched fetched, long bytes, Duration time) {}

  /**
   * Runs the demo; with {@code keep} it goes on serving until it is interrupted.
   *
   * @throws IOException where a pull failed or a digest did not match
   */
  public static void run(boolean keep, PrintWriter out, String version)
      throws IOException, InterruptedException {
    new Demo(out, version).run(keep);
  }

  private void run(boolean keep) throws IOException, InterruptedException {
    GeneratedImage image = GeneratedImage.generate(SEED, LAYER_BYTES);
    DemoIdentities identities = DemoIdentities.load();
    try (TemporaryDirectory directory = TemporaryDirectory.create("tarn-demo-");
        EmbeddedRegistry upstream =
            EmbeddedRegistry.start(
                image, REPOSITORY, TAG, Optional.empty(), UPSTREAM_BYTES_PER_SECOND)) {
      try (DemoCluster cluster =
              DemoCluster.start(NODES, upstream, identities, directory.path(), version);
          PullClient client = new PullClient(System::nanoTime)) {
        run(keep, cluster.nodes(), upstream, image, client);
      }
    }
  }

  private void run(
      boolean keep,
      List<DemoNode> nodes,
      EmbeddedRegistry upstream,
      GeneratedImage image,
      PullClient client)
      throws IOException, InterruptedException {
    String name = upstream.host() + "/" + REPOSITORY + ":" + TAG;
    line(
        "Tarn %s on %d nodes, in front of an upstream registry at %s, whose link carries %d MB/s",
        version, nodes.size(), upstream.url(), UPSTREAM_BYTES_PER_SECOND / 1_000_000);
    line("image %s, %,d bytes in %d blobs", name, image.totalBytes(), image.blobs().size());

    line("");
    line("1. cold: no node has anything, all pull at once");
    show(pullOnAll(nodes, upstream, image, client));
    line(
        "   upstream sent %,d bytes, %.2f copies, in %d requests",
        upstream.bytesSent(),
        (double) upstream.bytesSent() / (image.totalBytes() + image.manifest().length),
        upstream.requests());
    line(
        "   one node alone would need %.0f ms for a copy on that link",
        1000.0 * image.totalBytes() / UPSTREAM_BYTES_PER_SECOND);

    if (keep) {
      keep(nodes.getFirst().mirror(), upstream, image);
      return;
    }
    upstream.stop();
    line("");
    line("2. warm, and upstream is stopped");
    show(pullOnAll(nodes, upstream, image, client));
    line("   upstream was asked for nothing");
    line("");
    line("every digest matched on every node");
  }

  private static List<Pulled> pullOnAll(
      List<DemoNode> nodes, EmbeddedRegistry upstream, GeneratedImage image, PullClient client)
      throws IOException, InterruptedException {
    List<Pulled> pulled = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient http = HttpClient.newHttpClient()) {
      List<Future<Pulled>> pulls = new ArrayList<>();
      for (DemoNode node : nodes) {
        pulls.add(threads.submit(() -> pull(node, upstream, image, client, http)));
      }
      for (Future<Pulled> pull : pulls) {
        pulled.add(pull.get());
      }
      return pulled;
    } catch (ExecutionException e) {
      throw new IOException("a pull failed: " + e.getMessage(), e);
    }
  }

  private static Pulled pull(
      DemoNode node,
      EmbeddedRegistry upstream,
      GeneratedImage image,
      PullClient client,
      HttpClient http)
      throws IOException, InterruptedException {
    DemoNode.Fetched before = node.fetched(http);
    URI base = node.mirror().resolve("/v2/" + REPOSITORY + "/");
    List<PullClient.Step> steps = client.pull(base, upstream.host(), TAG, image);
    Duration time = steps.stream().map(PullClient.Step::time).reduce(Duration.ZERO, Duration::plus);
    long bytes = steps.stream().mapToLong(PullClient.Step::bytes).sum();
    return new Pulled(node, node.fetched(http).since(before), bytes, time);
  }

  private void show(List<Pulled> pulls) {
    line(
        "   %-8s %14s %14s %14s %14s %8s",
        "node", "pulled", "from upstream", "from peers", "from disk", "ms");
    for (Pulled pull : pulls) {
      DemoNode.Fetched fetched = pull.fetched();
      line(
          "   %-8s %,14d %,14d %,14d %,14d %8.0f",
          pull.node().name(),
          pull.bytes(),
          fetched.upstream(),
          fetched.peers(),
          Math.max(0, pull.bytes() - fetched.upstream() - fetched.peers()),
          pull.time().toNanos() / 1e6);
    }
  }

  private void keep(URI mirror, EmbeddedRegistry upstream, GeneratedImage image)
      throws InterruptedException {
    String query = "?ns=" + upstream.host();
    String prefix = mirror + "/v2/" + upstream.host() + "/" + REPOSITORY;
    line("");
    line("still serving; try, and end with Ctrl-C:");
    line("   curl -i '%s/v2/'", mirror);
    line("   curl -i '%s/v2/%s/manifests/%s%s'", mirror, REPOSITORY, TAG, query);
    line("   curl -i '%s/manifests/%s'", prefix, TAG);
    for (var digest : image.contentInPullOrder()) {
      line("   curl -sv -o /dev/null '%s/blobs/%s'", prefix, digest);
    }
    CountDownLatch forever = new CountDownLatch(1);
    forever.await();
  }

  private void line(String format, Object... arguments) {
    out.printf(Locale.ROOT, format + "%n", arguments);
    out.flush();
  }
}
