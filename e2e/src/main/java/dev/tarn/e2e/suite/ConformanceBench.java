package dev.tarn.e2e.suite;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageIndex;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Workspace;
import java.util.List;

/** The registry that conformance is tried on, with content in it. */
final class ConformanceBench {
  static final String REPOSITORY = "conformance/held";
  static final List<String> TAGS = List.of("image", "platforms");

  final Registry olareg;
  final Image image;
  final ImageIndex index;
  final Image referrer;

  private ConformanceBench(Registry olareg, ImageMaker maker) {
    this.olareg = olareg;
    this.image = maker.image("amd64", List.of(maker.layer(1, 300_000), maker.layer(2, 5_000)));
    this.index =
        maker.index(
            List.of(
                maker.image("amd64", List.of(maker.layer(3, 100_000))),
                maker.image("arm64", List.of(maker.layer(4, 100_000)))));
    this.referrer = maker.referrer(image.manifest(), maker.layer(5, 1_000));
  }

  static ConformanceBench open(Workspace workspace) throws Exception {
    ConformanceBench bench =
        new ConformanceBench(
            Registry.olareg(workspace), new ImageMaker(workspace.makeDirectory("images")));
    RegistryClient client = new RegistryClient(bench.olareg.uri());
    client.push(REPOSITORY, TAGS.get(0), bench.image);
    client.push(REPOSITORY, TAGS.get(1), bench.index);
    client.push(REPOSITORY, bench.referrer.manifest().digest(), bench.referrer);
    return bench;
  }
}
