package dev.tarn.e2e.fanout;

import dev.tarn.e2e.bench.Findings;
import dev.tarn.e2e.cluster.ClusterNode;
import dev.tarn.e2e.fanout.FanoutBench.Way;
import dev.tarn.e2e.fanout.FanoutOptions.Transport;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The same image to every node, by several arrivals. Each case has a cluster of its own. */
final class FanoutCases {
  private static final double COPIES_LIMIT = 1.02;

  /**
   * What a guard allows: nodes that have just started on few processors are late with everything.
   */
  private static final double COPIES_GUARD = 1.5;

  private static final int FALLBACKS_GUARD = 1;
  private static final double SLOWEST_LIMIT = 1.35;
  private static final long SEED = 1;

  private final FanoutOptions options;

  FanoutCases(FanoutOptions options) {
    this.options = options;
  }

  /**
   * Who pulls, how.
   *
   * @param prefix of its figures' names
   * @param spreadSeconds within which the nodes start
   * @param limited whether a figure may fail the case
   */
  record Crowd(String prefix, String registry, Way way, double spreadSeconds, boolean limited) {}

  void crowd(Crowd crowd, CaseRun run) throws Exception {
    Findings findings = new Findings(run, options.lenience());
    FanoutBench bench = FanoutBench.open(run.workspace(), options);
    if (crowd.way() == Way.THROUGH_TARN) {
      bench.startNodes();
    }
    Image image = bench.push("image", options.imageBytes());
    bench.limitLinks();
    SplittableRandom random = new SplittableRandom(SEED);
    List<Wave.Start> starts =
        IntStream.range(0, options.nodes())
            .mapToObj(n -> new Wave.Start(n, crowd.spreadSeconds() * random.nextDouble()))
            .toList();
    Wave wave =
        Wave.run(bench, new Wave.Plan(crowd.registry(), "image", image, crowd.way(), starts));
    wave.keepTroubles(run.workspace(), "wave");
    report(findings, crowd, image, wave);
    findings.judge();
  }

  private void report(Findings findings, Crowd crowd, Image image, Wave wave) {
    String prefix = crowd.prefix();
    double floor = floor(image);
    Findings.row(
        "seconds, floor " + String.format(Locale.ROOT, "%.2f", floor),
        wave.pulls().stream()
            .map(pull -> String.format(Locale.ROOT, "%.2f", pull.seconds()))
            .collect(Collectors.toList()));
    boolean judged = crowd.limited() && options.transport() != Transport.NONE;
    double copies = (double) wave.upstreamBytes() / image.size();
    findings.figure(prefix + "clients_copies", (double) wave.clientBytes() / image.size());
    if (judged) {
      findings.atMost(
          prefix + "upstream_copies", copies, limit(isGuard() ? COPIES_GUARD : COPIES_LIMIT));
      findings.atMost(prefix + "slowest_vs_floor", wave.slowest() / floor, SLOWEST_LIMIT);
      findings.atMost(
          prefix + "fallbacks", wave.fallbacks(), limit(isGuard() ? FALLBACKS_GUARD : 0));
    } else {
      findings.figure(prefix + "upstream_copies", copies);
      findings.figure(prefix + "slowest_vs_floor", wave.slowest() / floor);
      findings.figure(prefix + "fallbacks", wave.fallbacks());
    }
    findings.figure(prefix + "median_vs_floor", wave.median() / floor);
    findings.figure(prefix + "upstream_requests", wave.upstreamRequests().size());
    findings.figure(
        prefix + "upstream_link_copies", (double) wave.upstreamLinkBytes() / image.size());
    findings.figure(prefix + "floor_s", floor);
    findings.figure(prefix + "cpu_percent", wave.cpuPercent());
    findings.figure(
        prefix + "tarn_cpu_s_per_gb",
        wave.tarnCpuSeconds() / (image.size() / 1e9 * wave.pulls().size()));
    findings.figure(
        prefix + "machine_cpu_s_per_gb",
        wave.machineCpuSeconds() / (image.size() / 1e9 * wave.pulls().size()));
    uploads(findings, prefix, image, wave.sent());
  }

  private static void uploads(Findings findings, String prefix, Image image, List<Long> sent) {
    double size = image.size();
    findings.figure(
        prefix + "uploads_mean",
        sent.stream().mapToLong(Long::longValue).average().orElse(0) / size);
    findings.figure(
        prefix + "uploads_max", sent.stream().mapToLong(Long::longValue).max().orElse(0) / size);
  }

  private boolean isGuard() {
    return options.lenience() > 1;
  }

  /** The limits' lenience is for time; copies are counted. */
  private double limit(double exact) {
    return exact / options.lenience();
  }

  private double floor(Image image) {
    return options.floorSeconds() * image.size() / options.imageBytes();
  }

  /** One node wants something that nobody else wants. */
  void solo(CaseRun run) throws Exception {
    Findings findings = new Findings(run, options.lenience());
    FanoutBench bench = FanoutBench.open(run.workspace(), options);
    bench.startNodes();
    List<Image> images = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      images.add(bench.push("image-" + round, options.imageBytes() / 4));
    }
    bench.limitLinks();
    SoloRounds rounds = new SoloRounds();
    for (int round = 0; round < images.size(); round++) {
      List<Way> order =
          round % 2 == 0
              ? List.of(Way.DIRECTLY, Way.THROUGH_TARN)
              : List.of(Way.THROUGH_TARN, Way.DIRECTLY);
      for (Way way : order) {
        Wave.Plan plan =
            new Wave.Plan(
                FanoutBench.PUBLIC,
                "image-" + round,
                images.get(round),
                way,
                List.of(new Wave.Start(0, 0)));
        Wave wave = Wave.run(bench, plan);
        wave.keepTroubles(run.workspace(), "round-" + round + "-" + way);
        rounds.add(way, images.get(round), wave);
      }
    }
    rounds.report(findings, COPIES_LIMIT / options.lenience());
    long stored = 0;
    for (ClusterNode other : bench.nodes.subList(1, bench.nodes.size())) {
      for (Image image : images) {
        for (Blob blob : image.blobs()) {
          stored += other.storesAnyOf(blob.digest()) ? 1 : 0;
        }
      }
    }
    findings.atMost("solo_blobs_elsewhere", (double) stored, 0);
    findings.judge();
  }
}
