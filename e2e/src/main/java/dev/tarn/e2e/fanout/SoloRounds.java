package dev.tarn.e2e.fanout;

import dev.tarn.e2e.bench.Findings;
import dev.tarn.e2e.fanout.FanoutBench.Way;
import dev.tarn.e2e.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pulls of one node alone, directly and through Tarn, an image a round. */
final class SoloRounds {
  private static final double TIME_LIMIT = 1.10;

  private final List<Double> direct = new ArrayList<>();
  private final List<Double> through = new ArrayList<>();
  private double copies;
  private long extraRequests = Long.MIN_VALUE;
  private long directRequests;
  private long tarnRequests;
  private double cpuPercent;
  private int rounds;

  void add(Way way, Image image, Wave wave) {
    switch (way) {
      case DIRECTLY -> {
        direct.add(wave.slowest());
        directRequests = wave.upstreamRequests().size();
      }
      case THROUGH_TARN -> {
        through.add(wave.slowest());
        tarnRequests = wave.upstreamRequests().size();
        copies = Math.max(copies, (double) wave.upstreamBytes() / image.size());
        cpuPercent = Math.max(cpuPercent, wave.cpuPercent());
      }
    }
    rounds++;
    if (rounds % 2 == 0) {
      extraRequests = Math.max(extraRequests, tarnRequests - directRequests);
    }
  }

  void report(Findings findings, double copiesLimit) {
    Findings.row("seconds directly", direct.stream().map(SoloRounds::text).toList());
    Findings.row("seconds through Tarn", through.stream().map(SoloRounds::text).toList());
    findings.atMost("solo_vs_direct", median(through) / median(direct), TIME_LIMIT);
    findings.atMost("solo_upstream_copies", copies, copiesLimit);
    findings.figure("solo_upstream_requests", (double) tarnRequests);
    findings.atMost("solo_extra_requests", (double) extraRequests, 1);
    findings.figure("solo_cpu_percent", cpuPercent);
  }

  private static String text(double seconds) {
    return String.format(Locale.ROOT, "%.2f", seconds);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
