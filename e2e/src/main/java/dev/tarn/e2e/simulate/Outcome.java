package dev.tarn.e2e.simulate;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** How a run ended. An immutable value, but for the logs that it reads. */
record Outcome(
    Scenario scenario,
    long seed,
    List<Node> nodes,
    long upstreamBytes,
    long crossZoneBytes,
    long messages,
    long events,
    double simulatedSeconds,
    double wallSeconds) {

  /** What became of one node. */
  record Node(NodeLog log, boolean pulling, boolean slow, boolean alive) {
    /** One whose time counts: it was asked to pull, at full speed, and lived. */
    boolean counts() {
      return pulling && alive && !slow;
    }
  }

  /** A node's time from its own start, at a percentile of the full-speed nodes, in floors. */
  double percentile(double percent) {
    return percentile(Node::counts, percent) / scenario.floorSeconds();
  }

  /** The same of the slow nodes, in floors of theirs. */
  double slowPercentile(double percent) {
    return percentile(node -> node.pulling && node.alive && node.slow, percent)
        / (10 * scenario.floorSeconds());
  }

  private double percentile(Predicate<Node> which, double percent) {
    double[] sorted =
        nodes.stream()
            .filter(which)
            .map(Node::log)
            .mapToDouble(log -> log.done() ? log.seconds() : simulatedSeconds)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return 0;
    }
    return sorted[(int) Math.ceil(percent / 100 * sorted.length) - 1];
  }

  /** How long a full-speed node waited at most for a byte that it may send to its client. */
  double slowestHeadSeconds() {
    return nodes.stream()
            .filter(Node::counts)
            .mapToLong(node -> node.log.slowestHeadNanos)
            .max()
            .orElse(0)
        / 1e9;
  }

  double upstreamCopies() {
    return (double) upstreamBytes / scenario.bytes();
  }

  double crossZoneCopies() {
    return (double) crossZoneBytes / scenario.bytes();
  }

  /** What all live nodes received, over what those who pulled needed. */
  double bytesVsIdeal() {
    long received = nodes.stream().filter(Node::alive).mapToLong(n -> n.log.received).sum();
    long finished = nodes.stream().filter(n -> n.pulling && n.alive).count();
    return (double) received / (finished * (double) scenario.bytes());
  }

  /** Those who never got what they wanted, or were told that nobody has it. */
  long stuck() {
    return nodes.stream()
        .filter(n -> n.pulling && n.alive && (!n.log.done() || n.log.gaveUp > 0))
        .count();
  }

  long upstreamRequests() {
    return nodes.stream().mapToLong(n -> n.log.upstreamRequests).sum();
  }

  long mostHomeRequests() {
    return nodes.stream().mapToLong(n -> n.log.homeRequests).max().orElse(0);
  }

  /** Requests of one node that is home of anything, on average. */
  double meanHomeRequests() {
    return nodes.stream()
        .mapToLong(n -> n.log.homeRequests)
        .filter(requests -> requests > 0)
        .average()
        .orElse(0);
  }

  double messagesPerNode() {
    return (double) messages / nodes.size();
  }

  /** A row for people: what the figures are is said once, by {@link #head}. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.2f s | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f s | %d | %.0f | %d | %.0f | %d | %.0f s, %.1f M events |",
        scenario.name(),
        scenario.nodes(),
        seed,
        scenario.floorSeconds(),
        percentile(50),
        percentile(99),
        percentile(99.9),
        slowPercentile(99),
        upstreamCopies(),
        bytesVsIdeal(),
        crossZoneCopies(),
        slowestHeadSeconds(),
        upstreamRequests(),
        meanHomeRequests(),
        mostHomeRequests(),
        messagesPerNode(),
        stuck(),
        wallSeconds,
        events / 1e6);
  }

  static String head() {
    return "| scenario | nodes | seed | floor | p50 | p99 | p99.9 | slow p99 | copies | bytes | cross-zone"
        + " | first byte | upstream requests | a home | most | messages a node | stuck | took |";
  }
}
