package dev.tarn.e2e.suite;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A registry with images of many sizes, and what a soak asks of it. */
final class SoakBench {
  static final String REPOSITORY = "soak/images";
  private static final int IMAGES = 24;
  private static final long SEED = 20_261_121;
  private static final int LARGEST_BYTES = 6_000_000;

  final Registry registry;
  final List<Image> images;
  final List<Blob> blobs;

  private SoakBench(Registry registry, List<Image> images) {
    this.registry = registry;
    this.images = List.copyOf(images);
    this.blobs = images.stream().flatMap(image -> image.blobs().stream()).toList();
  }

  static SoakBench open(Workspace workspace) throws Exception {
    Registry registry = Registry.docker(workspace);
    ImageMaker maker = new ImageMaker(workspace.makeDirectory("images"));
    RegistryClient client = new RegistryClient(registry.uri());
    SplittableRandom random = new SplittableRandom(SEED);
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Image image =
          maker.image(
              "amd64",
              List.of(
                  maker.layer(2L * i, random.nextInt(1, LARGEST_BYTES)),
                  maker.layer(2L * i + 1, random.nextInt(1, LARGEST_BYTES / 50))));
      images.add(image);
      client.push(REPOSITORY, "tag-" + i, image);
    }
    return new SoakBench(registry, images);
  }

  static String tag(int image) {
    return "tag-" + image;
  }

  long bytes() {
    return blobs.stream().mapToLong(Blob::size).sum();
  }
}
