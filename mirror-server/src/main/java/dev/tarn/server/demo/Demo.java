package dev.tarn.server.demo;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.Node;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Pulls a generated image through a node from an upstream in this process, then once more with that
 * upstream stopped, and shows where the bytes came from. Needs no network and no privileges.
 */
public final class Demo {
  private static final String REPOSITORY = "demo/app";
  private static final String TAG = "1.0";
  private static final String CERTIFICATE = "upstream.pem";
  private static final long SEED = 42;
  private static final int MIB = 1024 * 1024;
  private static final int[] LAYER_BYTES = {24 * MIB, 8 * MIB, 2 * MIB, 300_000};

  private final PrintWriter out;
  private final String version;

  private Demo(PrintWriter out, String version) {
    this.out = out;
    this.version = version;
  }

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
    UpstreamIdentity identity = UpstreamIdentity.load();
    try (TemporaryDirectory directory = TemporaryDirectory.create("tarn-demo-");
        EmbeddedRegistry upstream = EmbeddedRegistry.start(image, REPOSITORY, TAG, identity);
        Node node = Node.start(configuration(upstream, identity, directory.path()), version);
        PullClient client = new PullClient(System::nanoTime)) {
      URI mirror = URI.create("http://127.0.0.1:" + node.registryAddress().getPort());
      URI base = mirror.resolve("/v2/" + REPOSITORY + "/");
      String name = upstream.host() + "/" + REPOSITORY + ":" + TAG;
      line(
          "Tarn %s at %s, in front of an upstream registry at %s", version, mirror, upstream.url());
      line("image %s, %,d bytes in %d blobs", name, image.totalBytes(), image.blobs().size());

      line("");
      line("1. cold: nothing is here");
      show(client.pull(base, upstream.host(), TAG, image));
      int requests = upstream.requests();
      line("   upstream sent %,d bytes in %d requests", upstream.bytesSent(), requests);

      if (keep) {
        keep(mirror, upstream, image);
        return;
      }
      upstream.stop();
      line("");
      line("2. warm, and upstream is stopped");
      show(client.pull(base, upstream.host(), TAG, image));
      line("   upstream was asked for nothing");
      line("");
      line("every digest matched");
    }
  }

  private static Configuration configuration(
      EmbeddedRegistry upstream, UpstreamIdentity identity, Path directory) throws IOException {
    identity.writeCertificate(directory.resolve(CERTIFICATE));
    String yaml =
        """
        registry:
          listen: 127.0.0.1:0
        admin:
          listen: 127.0.0.1:0
        store:
          path: %s
          minFree: 0%%
          reserveFree: 0%%
        upstream:
          retries: 0
        shutdown:
          drainTimeout: 0s
        logging:
          level: error
        registries:
          "%s":
            upstreams:
              - url: %s
                ca: %s
        """
            .formatted(
                directory.resolve("store"),
                RegistryHost.parse(upstream.host()).orElseThrow(),
                upstream.url(),
                directory.resolve(CERTIFICATE));
    return ConfigurationLoader.parse(yaml, Map.of());
  }

  private void show(List<PullClient.Step> steps) {
    line("   %-22s %-10s %14s %10s", "what", "from", "bytes", "ms");
    long bytes = 0;
    double millis = 0;
    for (PullClient.Step step : steps) {
      double took = step.time().toNanos() / 1e6;
      line("   %-22s %-10s %,14d %10.1f", step.what(), step.source(), step.bytes(), took);
      bytes += step.bytes();
      millis += took;
    }
    line("   %-22s %-10s %,14d %10.1f", "total", "", bytes, millis);
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
