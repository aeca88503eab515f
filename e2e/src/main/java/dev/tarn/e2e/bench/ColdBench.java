package dev.tarn.e2e.bench;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What one case of bench-cold works with: a registry at the far end of a link, and one Tarn that
 * keeps running while it is asked for one image after another that it has never seen.
 */
final class ColdBench {
  static final Flavour FLAVOUR = Flavour.TRANSFER;
  private static final String REPOSITORY = "bench/cold";

  final Link link;
  final Sink sink;
  final int registryPort;
  final URI registry;
  final Tarn tarn;

  private final Workspace workspace;
  private final Workspace registryFiles;
  private final ImageMaker maker;
  private final RegistryClient client;
  private long nextSeed = 1;
  private int nextImage;

  private ColdBench(Workspace workspace) throws Exception {
    this.workspace = workspace;
    this.link = workspace.own(Link.lay(workspace.makeDirectory("link")));
    this.sink = Sink.build(workspace.directory(), Processors.pick());
    this.registryFiles = workspace.child("registry");
    Registry upstream =
        Registry.docker(
            workspace, "upstream", registryFiles.directory(), link.address(), link::atFarEnd);
    this.registryPort = upstream.port();
    this.registry = upstream.uri();
    this.tarn = Tarn.start(workspace, "tarn", Tarn.Settings.of(registry));
    this.maker = new ImageMaker(workspace.makeDirectory("images"));
    this.client = new RegistryClient(registry);
  }

  /** Opens one at the full speed of the machine. */
  static ColdBench open(Workspace workspace) throws Exception {
    return new ColdBench(workspace);
  }

  /** An image in the registry that nobody has seen, and the tag it has there. */
  record Pushed(Image image, String tag) {
    String reference() {
      return Tarn.REGISTRY + "/" + REPOSITORY + ":" + tag;
    }

    String manifestPath() {
      return path("manifests", image.manifest());
    }

    String biggestPath() {
      return path("blobs", image.biggest());
    }

    private static String path(String kind, Blob blob) {
      return "/v2/" + REPOSITORY + "/" + kind + "/" + blob.digest() + "?ns=" + Tarn.REGISTRY;
    }
  }

  /** A new image with layers of these sizes. */
  Pushed push(List<Long> layerBytes) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (long bytes : layerBytes) {
      layers.add(maker.layer(nextSeed++, bytes));
    }
    Image image = maker.image("amd64", layers);
    String tag = "image-" + nextImage++;
    client.push(REPOSITORY, tag, image);
    for (Layer layer : layers) {
      Files.delete(layer.blob().file());
    }
    return new Pushed(image, tag);
  }

  /**
   * Has Tarn fetch a new image for a client that throws it away. The Tarn of a node has run for
   * long: what counts is how it works once its code is compiled.
   */
  void warmUp(List<Long> layerBytes) throws Exception {
    Image image = push(layerBytes).image();
    List<String> paths =
        image.blobs().stream()
            .filter(blob -> !blob.equals(image.manifest()))
            .map(blob -> Pushed.path("blobs", blob))
            .toList();
    var _ = sink.allAtOnce(tarn.server().port(), paths, false);
    tarn.awaitStored(image.biggest().digest());
  }

  /** What containerd is to do with an image, timed. */
  @FunctionalInterface
  interface Way {
    void take(Containerd containerd, String reference);
  }

  /** What is done with a containerd; the result is its own. */
  @FunctionalInterface
  interface Use<T> {
    T by(Containerd containerd);
  }

  /**
   * Uses a new containerd that has that as its only source, and checks that the image is in it
   * then.
   */
  <T> T withContainerd(String name, URI source, Pushed pushed, Use<T> use) throws Exception {
    Workspace own = workspace.child(name);
    T result;
    try {
      Containerd containerd = Containerd.start(own, "node", ContainerdConfig.of(FLAVOUR));
      containerd.mirror(Tarn.REGISTRY, source, source);
      result = use.by(containerd);
      containerd.verify(pushed.image());
    } finally {
      own.closeResources();
    }
    own.delete();
    return result;
  }

  /** Gives back the room that images take, and leaves logs. */
  void discard() throws Exception {
    Workspace store = workspace.child("tarn").child("store");
    workspace.closeResources();
    registryFiles.delete();
    store.delete();
  }
}
