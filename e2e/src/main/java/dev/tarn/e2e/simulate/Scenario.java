package dev.tarn.e2e.simulate;

import java.util.List;
import java.util.function.Consumer;

/** What is simulated: who pulls what, when, over which links. Immutable from outside. */
final class Scenario {
  /**
   * When nodes start.
   *
   * @param spreadSeconds at random within so long
   * @param alone only one of them starts at all
   */
  record Arrival(String name, double spreadSeconds, boolean alone) {}

  /** What the figures must not exceed; endless where nothing is asked of them. */
  record Limits(double p999, double copies, double bytes, double crossZone) {
    private static final double ANY = Double.POSITIVE_INFINITY;
    static final Limits NONE = new Limits(ANY, ANY, ANY, ANY);

    static Limits wave(double p999, double copies) {
      return new Limits(p999, copies, ANY, ANY);
    }

    static Limits bytes(double most) {
      return new Limits(ANY, ANY, most, ANY);
    }

    static Limits crossZone(double most) {
      return new Limits(ANY, ANY, ANY, most);
    }
  }

  private final String name;
  private final String summary;
  private final List<Long> blobs;
  private final int parallel;
  private int nodes;
  private double nodeRate;
  private double upstreamRate;
  private Arrival arrival = new Arrival("together", 2, false);
  private double wanting = 1;
  private int zones = 1;
  private double slow;
  private double dying;
  private Limits limits = Limits.NONE;

  /**
   * A scenario in which everybody pulls at once, at full speed.
   *
   * @param blobs the sizes of what is pulled, in bytes, in the order in which it is asked for
   * @param parallel how many blobs a node pulls at a time
   */
  Scenario(String name, String summary, int nodes, List<Long> blobs, int parallel) {
    this.name = name;
    this.summary = summary;
    this.nodes = nodes;
    this.blobs = List.copyOf(blobs);
    this.parallel = parallel;
  }

  private Scenario changed(List<Long> otherBlobs, Consumer<Scenario> change) {
    Scenario copy = new Scenario(name, summary, nodes, otherBlobs, parallel);
    copy.nodeRate = nodeRate;
    copy.upstreamRate = upstreamRate;
    copy.arrival = arrival;
    copy.wanting = wanting;
    copy.zones = zones;
    copy.slow = slow;
    copy.dying = dying;
    copy.limits = limits;
    change.accept(copy);
    return copy;
  }

  private Scenario changed(Consumer<Scenario> change) {
    return changed(blobs, change);
  }

  /** With links of so many bytes a second, up and down alike. */
  Scenario links(double node, double upstream) {
    return changed(
        copy -> {
          copy.nodeRate = node;
          copy.upstreamRate = upstream;
        });
  }

  Scenario nodes(int count) {
    return changed(copy -> copy.nodes = count);
  }

  Scenario arrival(Arrival other) {
    return changed(copy -> copy.arrival = other);
  }

  /** Where only this share of the nodes pulls; the others are homes and nothing else. */
  Scenario wanting(double share) {
    return changed(copy -> copy.wanting = share);
  }

  Scenario zones(int count) {
    return changed(copy -> copy.zones = count);
  }

  /** Where a share of the nodes has a tenth of the bandwidth, and a share dies in mid-wave. */
  Scenario faults(double slowShare, double dyingShare) {
    return changed(
        copy -> {
          copy.slow = slowShare;
          copy.dying = dyingShare;
        });
  }

  Scenario limits(Limits asked) {
    return changed(copy -> copy.limits = asked);
  }

  /** With blobs that come to so many bytes in all. */
  Scenario bytes(long total) {
    double factor = (double) total / bytes();
    return changed(
        blobs.stream().map(size -> Math.max(1, (long) (size * factor))).toList(), copy -> {});
  }

  String name() {
    return name;
  }

  String summary() {
    return summary;
  }

  int nodes() {
    return nodes;
  }

  List<Long> blobs() {
    return blobs;
  }

  int parallel() {
    return parallel;
  }

  double nodeRate() {
    return nodeRate;
  }

  double upstreamRate() {
    return upstreamRate;
  }

  Arrival arrival() {
    return arrival;
  }

  double wanting() {
    return wanting;
  }

  int zones() {
    return zones;
  }

  double slow() {
    return slow;
  }

  double dying() {
    return dying;
  }

  Limits limits() {
    return limits;
  }

  long bytes() {
    return blobs.stream().mapToLong(Long::longValue).sum();
  }

  /** What a full-speed node's link needs, or upstream's to send one copy, whichever is more. */
  double floorSeconds() {
    return bytes() / Math.min(nodeRate, upstreamRate);
  }

  /** How finely time is cut: a five-hundredth of the floor, within 1 and 10 ms. */
  long stepNanos() {
    return Math.clamp((long) (floorSeconds() / 500 * 1e9), 1_000_000L, 10_000_000L);
  }

  /** When whoever is not done is stuck. */
  double limitSeconds() {
    return 30 * floorSeconds() + arrival.spreadSeconds() + 60;
  }
}
