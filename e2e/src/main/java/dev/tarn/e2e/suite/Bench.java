package dev.tarn.e2e.suite;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageIndex;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.util.List;

/**
 * What the cases of a suite share: a real registry with images in it. Each case puts two relays
 * before it, one that Tarn sees as upstream and one that is containerd's own way there, so that it
 * is plain who fetched what.
 */
final class Bench {
  /**
   * The registry's name in image references; nobody but Tarn and containerd's files resolves it.
   */
  static final String REGISTRY = "registry.test";

  private static final long MIB = 1024 * 1024;

  final Registry registry;
  final Image big;
  final Image medium;
  final Image first;
  final Image second;
  final Image crowd;
  final ImageIndex platforms;

  private Bench(Registry registry, Workspace workspace) {
    this.registry = registry;
    ImageMaker maker = new ImageMaker(workspace.makeDirectory("images"));
    this.big =
        amd64(
            maker,
            layer(maker, 1, 160),
            layer(maker, 2, 80),
            layer(maker, 3, 40),
            layer(maker, 4, 20));
    this.medium = amd64(maker, layer(maker, 11, 48), layer(maker, 12, 4));
    Layer shared = layer(maker, 21, 24);
    Layer alsoShared = layer(maker, 22, 8);
    this.first = amd64(maker, shared, alsoShared, layer(maker, 23, 6));
    this.second = amd64(maker, shared, alsoShared, layer(maker, 24, 6));
    this.crowd = amd64(maker, layer(maker, 31, 24), layer(maker, 32, 8));
    this.platforms =
        maker.index(
            List.of(
                maker.image("arm64", List.of(layer(maker, 41, 8), layer(maker, 42, 2))),
                maker.image("amd64", List.of(layer(maker, 43, 8), layer(maker, 44, 2))),
                maker.image("s390x", List.of(layer(maker, 45, 8), layer(maker, 46, 2)))));
  }

  private static Layer layer(ImageMaker maker, long seed, long mebibytes) {
    return maker.layer(seed, mebibytes * MIB);
  }

  private static Image amd64(ImageMaker maker, Layer... layers) {
    return maker.image("amd64", List.of(layers));
  }

  /** Starts the registry and fills it. */
  static Bench open(Workspace workspace) throws Exception {
    Bench bench = new Bench(Registry.docker(workspace), workspace);
    RegistryClient client = new RegistryClient(bench.registry.uri());
    client.push("e2e/big", "1", bench.big);
    client.push("e2e/medium", "1", bench.medium);
    client.push("e2e/first", "1", bench.first);
    client.push("e2e/second", "1", bench.second);
    client.push("e2e/crowd", "1", bench.crowd);
    client.push("e2e/platforms", "1", bench.platforms);
    return bench;
  }

  static String reference(String image) {
    return REGISTRY + "/e2e/" + image + ":1";
  }

  /** The two ways to the registry, for one case. */
  record Ways(Relay upstream, Relay direct) {}

  Ways ways(Workspace workspace) {
    return new Ways(way(workspace), way(workspace));
  }

  private Relay way(Workspace workspace) {
    return workspace.own(new Relay(Ports.free(), Route.to(registry.address())));
  }

  /** Stands in front of a Tarn, to see what it is asked. */
  static Relay front(Workspace workspace, TarnNode tarn) {
    return workspace.own(new Relay(Ports.free(), Route.to(tarn.address())));
  }

  /** A Tarn that mirrors the registry. */
  static TarnConfig tarn(Ways ways) {
    return TarnConfig.mirroring(REGISTRY, ways.upstream().uri());
  }

  /** A containerd with that Tarn as its mirror and the registry behind it. */
  static Containerd containerd(
      Workspace workspace, String name, ContainerdConfig config, TarnNode tarn, Ways ways)
      throws Exception {
    Containerd containerd = Containerd.start(workspace, name, config);
    containerd.mirror(REGISTRY, tarn.uri(), ways.direct().uri());
    return containerd;
  }
}
