package dev.tarn.e2e.operate;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.NodeConfig;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What the cases share: the files, and what makes a registry and two nodes in two zones. */
final class OperateBench {
  static final String REGISTRY = "registry.example.com";
  static final String REPOSITORY = "team/app";
  private static final int LAYERS = 3;
  private static final int LAYER_BYTES = 3_000_000;

  private final MonitoringFiles files;

  private OperateBench(MonitoringFiles files) {
    this.files = files;
  }

  static OperateBench open() throws IOException {
    return new OperateBench(MonitoringFiles.of(Tools.repository()));
  }

  MonitoringFiles files() {
    return files;
  }

  /** A registry with an image, and two nodes that mirror it. */
  record Site(Registry registry, Image image, List<TarnNode> nodes) {
    static Site start(Workspace workspace) throws Exception {
      Registry registry = Registry.docker(workspace);
      ImageMaker maker = new ImageMaker(workspace.makeDirectory("images"));
      Image image =
          maker.image(
              "amd64",
              LongStream.rangeClosed(1, LAYERS)
                  .mapToObj(seed -> maker.layer(seed, LAYER_BYTES))
                  .toList());
      new RegistryClient(registry.uri()).push(REPOSITORY, "v1", image);
      List<Integer> ports = List.of(Ports.free(), Ports.free());
      TarnConfig own = TarnConfig.mirroring(REGISTRY, registry.uri());
      TarnNode first = TarnNode.start(workspace.child("first"), new WithPeers(own, ports, 0));
      TarnNode second = TarnNode.start(workspace.child("second"), new WithPeers(own, ports, 1));
      return new Site(registry, image, List.of(first, second));
    }

    /** The image's blobs, and its manifest by tag, as paths below a node. */
    List<String> paths() {
      String of = "/v2/" + REPOSITORY;
      String ns = "?ns=" + REGISTRY;
      List<String> blobs =
          image.blobs().stream().map(Blob::digest).map(d -> of + "/blobs/" + d + ns).toList();
      return Stream.concat(Stream.of(of + "/manifests/v1" + ns), blobs.stream()).toList();
    }
  }

  /** A node that knows itself and the other one, each in a zone of its own. */
  private record WithPeers(TarnConfig own, List<Integer> ports, int self) implements NodeConfig {
    @Override
    public String yaml(int port, int adminPort, Path store) {
      return own.yaml(port, adminPort, store)
          + """
          peers:
            mode: static
            node: node-%d
            listen: 127.0.0.1:%d
            members: ["east/node-0=127.0.0.1:%d", "west/node-1=127.0.0.1:%d"]
            plainHttp: true
          """
              .formatted(self, ports.get(self), ports.get(0), ports.get(1));
    }

    @Override
    public Duration drainTimeout() {
      return own.drainTimeout();
    }
  }
}
