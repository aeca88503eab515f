package dev.tarn.e2e.chaos;

import dev.tarn.e2e.cluster.ClusterNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Flips bits of files in stores, on the injector's thread, and knows which blobs they belong to,
 * which any thread may ask.
 */
final class Corruption {
  private static final int MOST_FILES = 3;
  private static final long LEAST_BYTES = 100_000;

  private final SplittableRandom random;
  private final Timeline timeline;
  private final Set<String> corrupted = ConcurrentHashMap.newKeySet();

  Corruption(long seed, Timeline timeline) {
    this.random = new SplittableRandom(seed);
    this.timeline = timeline;
  }

  /** Flips a bit in some of a node's complete blobs, and in one that is arriving. */
  void strike(ClusterNode node) throws IOException {
    strike(node, files(node.store().resolve("partial"), ".data"), 1);
    strike(node, files(node.store().resolve("blobs"), ""), MOST_FILES);
  }

  private void strike(ClusterNode node, List<Path> files, int most) throws IOException {
    for (int count = 0; count < Math.min(most, files.size()); count++) {
      Path file = files.get(random.nextInt(files.size()));
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        long length = open.length();
        if (length > 0) {
          long at = random.nextLong(length);
          open.seek(at);
          int before = open.read();
          open.seek(at);
          open.write(before ^ 0x20);
          String name = file.getFileName().toString().replace(".data", "");
          corrupted.add("sha256:" + name);
          timeline.tell("flips a bit of " + node.name() + "'s " + file + " at " + at);
        }
      } catch (IOException gone) {
        timeline.tell("nothing flipped, " + gone);
      }
    }
  }

  private static List<Path> files(Path below, String suffix) throws IOException {
    if (!Files.isDirectory(below)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(
              file -> file.toString().endsWith(suffix) && file.toFile().length() > LEAST_BYTES)
          .sorted()
          .toList();
    }
  }

  /** Whether a copy of a blob that is named in the text was struck. */
  boolean concerns(String text) {
    return corrupted.stream().anyMatch(text::contains);
  }
}
