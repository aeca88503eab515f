package dev.tarn.e2e.bench;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the cases of bench-serve share: Tarn, nginx and docker-registry on one processor, all of
 * them holding the same image, asked for it by the very same paths from another.
 */
final class ServeBench {
  static final String REPOSITORY = "bench/serve";
  static final String TAG = "1";
  private static final String LOOPBACK = "127.0.0.1";
  private static final String PULLS = "bench/pulls";
  private static final int SMALL_LAYERS = 7;
  private static final int SMALL_LAYER_BYTES = 1_000;
  private static final int PARALLEL_PULLS = 8;

  final Scale scale;
  final Processors processors;
  final Sink sink;
  final Wrk wrk;
  final URI upstream;
  final Image image;
  final Tarn tarn;
  final Nginx nginx;
  final Server dockerRegistry;

  private final ImageMaker maker;
  private @Nullable Image pulls;

  private ServeBench(Scale scale, Workspace workspace) throws Exception {
    this.scale = scale;
    this.processors = Processors.pick();
    this.sink = Sink.build(workspace.directory(), processors);
    this.wrk = new Wrk(workspace.directory(), processors);
    this.maker = new ImageMaker(workspace.makeDirectory("images"));
    this.image = makeImage();
    Path files = workspace.makeDirectory("registry");
    this.upstream = Registry.docker(workspace, "upstream", files, LOOPBACK, Wrapping.NONE).uri();
    new RegistryClient(upstream).push(REPOSITORY, TAG, image);
    Registry measured =
        Registry.docker(workspace, "measured", files, LOOPBACK, processors::onServer);
    this.dockerRegistry = new Server("docker-registry", measured.port(), measured.process(), false);
    this.nginx = Nginx.start(workspace, processors::onServer);
    this.tarn =
        Tarn.start(workspace, "tarn", Tarn.Settings.of(upstream).wrapped(processors::onServer));
    fill();
  }

  static ServeBench open(Scale scale, Workspace workspace) throws Exception {
    return new ServeBench(scale, workspace);
  }

  private Image makeImage() {
    List<Layer> layers = new ArrayList<>();
    layers.add(maker.layer(1, scale.blobBytes()));
    for (int i = 0; i < SMALL_LAYERS; i++) {
      layers.add(maker.layer(100 + i, SMALL_LAYER_BYTES));
    }
    return maker.image("amd64", layers);
  }

  /** Everybody has the image then, and proves it. */
  private void fill() throws Exception {
    nginx.put(file(blob()), image.biggest());
    nginx.put(file(manifest()), image.manifest());
    nginx.put(file(tag()), image.manifest());
    for (Server server : List.of(dockerRegistry, nginx.plain(), nginx.caching(), tarn.server())) {
      Client.expect(server.at(blob()), image.biggest());
      Client.expect(server.at(manifest()), image.manifest());
      Client.expect(server.at(tag()), image.manifest());
    }
    tarn.awaitStored(image.biggest().digest());
  }

  private static String file(String pathAndQuery) {
    return pathAndQuery.substring(0, pathAndQuery.indexOf('?'));
  }

  /** The path of the big blob, as containerd writes it; the others ignore the query. */
  String blob() {
    return blob(REPOSITORY, image.biggest());
  }

  /** The path of the image's configuration, a small blob. */
  String config() {
    return blob(REPOSITORY, image.config());
  }

  String manifest() {
    return manifest(REPOSITORY, image.manifest().digest());
  }

  String tag() {
    return manifest(REPOSITORY, TAG);
  }

  private static String blob(String repository, Blob blob) {
    return "/v2/" + repository + "/blobs/" + blob.digest() + "?ns=" + Tarn.REGISTRY;
  }

  private static String manifest(String repository, String reference) {
    return "/v2/" + repository + "/manifests/" + reference + "?ns=" + Tarn.REGISTRY;
  }

  /** Tarn first, then those that it is compared with. */
  List<Server> contestants() {
    return List.of(tarn.server(), nginx.plain(), dockerRegistry);
  }

  /** What eight clients pull at the same time, a blob each. */
  synchronized List<String> pullPaths() throws IOException {
    return pulls().layers().stream().map(layer -> blob(PULLS, layer.blob())).toList();
  }

  synchronized String pullManifest() throws IOException {
    return manifest(PULLS, pulls().manifest().digest());
  }

  synchronized long pullBytes() throws IOException {
    return pulls().layers().stream().mapToLong(layer -> layer.blob().size()).sum();
  }

  private Image pulls() throws IOException {
    Image made = pulls;
    if (made == null) {
      made =
          maker.image(
              "amd64",
              IntStream.range(0, PARALLEL_PULLS)
                  .mapToObj(i -> maker.layer(200 + i, scale.blobBytes()))
                  .toList());
      new RegistryClient(upstream).push(PULLS, TAG, made);
      for (Blob blob : made.blobs()) {
        Files.delete(blob.file());
      }
      pulls = made;
    }
    return made;
  }
}
