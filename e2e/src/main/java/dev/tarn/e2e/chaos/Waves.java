package dev.tarn.e2e.chaos;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Images that some of the nodes want at about the same time, one after another, all of it from a
 * seed. On the case's thread; which homes are concerned may be asked by any.
 */
final class Waves {
  private static final long MIB = 1024 * 1024;
  private static final int MOST_DELAY_MILLIS = 1_500;
  private static final int RECENT_IMAGES = 3;

  private final ChaosCluster cluster;
  private final Timeline timeline;
  private final Pulls pulls;
  private final Copies copies;
  private final Path images;
  private final SplittableRandom random;
  private final List<Wanted> recent = new ArrayList<>();
  private volatile Set<Integer> homes = Set.of();
  private long nextLayer = 1;
  private int count;
  private double slowest;

  Waves(
      ChaosCluster cluster, Timeline timeline, Pulls pulls, Copies copies, Path images, long seed) {
    this.cluster = cluster;
    this.timeline = timeline;
    this.pulls = pulls;
    this.copies = copies;
    this.images = images;
    this.random = new SplittableRandom(seed);
  }

  /** An image in a registry. */
  record Wanted(String registry, String tag, Image image) {}

  /** The nodes that are home of something that is being pulled. */
  Set<Integer> homes() {
    return homes;
  }

  int count() {
    return count;
  }

  double slowest() {
    return slowest;
  }

  /** One wave, from its beginning to the last node's success. */
  void next() throws Exception {
    boolean again = !recent.isEmpty() && random.nextInt(4) == 0;
    Wanted wanted = again ? recent.get(random.nextInt(recent.size())) : fresh();
    int nodes = cluster.nodes.size();
    int size = random.nextInt(2, nodes + 1);
    List<Integer> order = new ArrayList<>(IntStream.range(0, nodes).boxed().toList());
    while (order.size() > size) {
      Collections.swap(order, random.nextInt(order.size()), order.size() - 1);
      order.removeLast();
    }
    run(wanted, order, MOST_DELAY_MILLIS);
  }

  /** A wave of all nodes for something new, at once. */
  void ofAll() throws Exception {
    run(fresh(), IntStream.range(0, cluster.nodes.size()).boxed().toList(), 1);
  }

  private Wanted fresh() throws Exception {
    List<Layer> layers = new ArrayList<>();
    ImageMaker maker = new ImageMaker(images);
    int number = random.nextInt(2, 5);
    for (int i = 0; i < number; i++) {
      layers.add(maker.layer(nextLayer++, random.nextLong(3 * MIB, 24 * MIB)));
    }
    Image image = maker.image("amd64", layers);
    String tag = "image-" + count;
    cluster.upstream.push(ChaosCluster.REPOSITORY, tag, image);
    for (Layer layer : layers) {
      Files.delete(layer.blob().file());
    }
    String registry = random.nextInt(3) == 0 ? ChaosCluster.TOKENS : ChaosCluster.PUBLIC;
    Wanted wanted = new Wanted(registry, tag, image);
    recent.add(wanted);
    if (recent.size() > RECENT_IMAGES) {
      recent.removeFirst();
    }
    return wanted;
  }

  private void run(Wanted wanted, List<Integer> nodes, int mostDelayMillis) throws Exception {
    Set<Integer> concerned = new TreeSet<>();
    for (Blob blob : wanted.image().blobs()) {
      concerned.addAll(cluster.homes(blob));
    }
    homes = concerned;
    timeline.tell(
        String.format(
            Locale.ROOT,
            "wave %d: %s/%s, %.1f MB in %d layers, by %s, homes %s",
            count,
            wanted.registry(),
            wanted.tag(),
            wanted.image().size() / 1e6,
            wanted.image().layers().size(),
            nodes,
            concerned));
    copies.begin(wanted, nodes);
    double start = timeline.now();
    List<FutureTask<Double>> started = new ArrayList<>();
    for (int node : nodes) {
      long delay = random.nextInt(mostDelayMillis) * 1_000_000L;
      FutureTask<Double> pull =
          new FutureTask<>(
              () -> {
                LockSupport.parkNanos(delay);
                return pulls.pull(node, wanted.registry(), wanted.tag());
              });
      Thread.ofPlatform().daemon().name("pull-" + node).start(pull);
      started.add(pull);
    }
    double longest = 0;
    for (FutureTask<Double> pull : started) {
      longest = Math.max(longest, pull.get());
    }
    slowest = Math.max(slowest, longest);
    count++;
    homes = Set.of();
    timeline.tell(
        String.format(
            Locale.ROOT, "wave over after %.2f s; %s", timeline.now() - start, copies.end(wanted)));
  }
}
