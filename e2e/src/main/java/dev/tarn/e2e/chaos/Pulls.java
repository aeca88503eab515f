package dev.tarn.e2e.chaos;

import dev.tarn.e2e.cluster.PullReport;
import dev.tarn.e2e.cluster.Puller;
import dev.tarn.e2e.cluster.Site;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Pulls an image at a node until it is there, as the kubelet does, and tells what should not have
 * happened. Each pull is on a thread of its own.
 */
final class Pulls {
  private static final double LIMIT_SECONDS = 150;
  private static final long PAUSE_NANOS = 700_000_000;
  private static final int MOST_TROUBLES = 12;

  private final ChaosCluster cluster;
  private final Timeline timeline;
  private final Corruption corruption;
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger excused = new AtomicInteger();
  private final AtomicInteger fallbacks = new AtomicInteger();
  private final AtomicInteger resumed = new AtomicInteger();

  Pulls(ChaosCluster cluster, Timeline timeline, Corruption corruption) {
    this.cluster = cluster;
    this.timeline = timeline;
    this.corruption = corruption;
  }

  /** Returns, with how long it took, when the image is there or all hope is lost. */
  double pull(int number, String registry, String tag) {
    double start = timeline.now();
    Site site = cluster.nodes.get(number).site();
    URI direct = cluster.upstream.at(registry);
    while (true) {
      double from = timeline.now();
      attempts.incrementAndGet();
      PullReport report;
      try {
        report =
            new Puller(site, Puller.through(direct), registry, Optional.empty())
                .start(ChaosCluster.REPOSITORY, tag)
                .get();
      } catch (Exception broken) {
        timeline.violation("the harness failed: " + broken);
        return timeline.now() - start;
      }
      fallbacks.addAndGet(report.fallbacks());
      resumed.addAndGet(report.resumed());
      judge(number, tag, report, from);
      if (report.succeeded()) {
        return timeline.now() - start;
      }
      if (timeline.now() - start > LIMIT_SECONDS) {
        timeline.violation(
            site.called() + " could not pull " + tag + " within " + LIMIT_SECONDS + " s");
        return timeline.now() - start;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void judge(int number, String tag, PullReport report, double from) {
    String who = cluster.nodes.get(number).name() + ", " + tag;
    for (String wrong : report.wrong()) {
      if (!corruption.concerns(wrong)) {
        timeline.violation(who + ": wrong bytes delivered as complete: " + wrong);
      }
    }
    if (report.succeeded()) {
      return;
    }
    Optional<String> excuse = excuse(number, report, from);
    String how =
        String.format(
            Locale.ROOT,
            "%s: an attempt from %.3f s failed: %s %s",
            who,
            from,
            report.failure(),
            last(report.troubles()));
    if (excuse.isEmpty()) {
      timeline.violation(how);
    } else {
      excused.incrementAndGet();
      timeline.tell("excused by " + excuse.get() + ": " + how);
    }
  }

  private static List<String> last(List<String> all) {
    return all.subList(Math.max(0, all.size() - MOST_TROUBLES), all.size());
  }

  /** Why upstream alone could not have served it either, or what may fail an attempt. */
  private Optional<String> excuse(int number, PullReport report, double from) {
    if (!report.wrong().isEmpty() && report.wrong().stream().allMatch(corruption::concerns)) {
      return Optional.of("a corrupted file");
    }
    return timeline
        .during(
            from,
            timeline.now(),
            fault ->
                fault instanceof Fault.UpstreamDown
                    || (fault instanceof Fault.Unplug unplug && unplug.node() == number))
        .map(Fault::toString);
  }

  int attempts() {
    return attempts.get();
  }

  int excused() {
    return excused.get();
  }

  int fallbacks() {
    return fallbacks.get();
  }

  int resumed() {
    return resumed.get();
  }
}
