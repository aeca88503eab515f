package dev.tarn.e2e.bench;

import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What Tarn takes while nothing goes on, and at its highest. It may use every processor: on one
 * alone it would have fewer threads than on a node.
 */
final class MemoryCases {
  private static final double IDLE_CPU_LIMIT_PERCENT = 0.2;
  private static final long GROUP_BYTES = 128L * 1024 * 1024;

  /** What it may take, and what the figures of it are called. */
  private record Limits(String suffix, double idleMib, double peakMib, double slowdown) {
    static final Limits ALONE = new Limits("", 45, 70, 1.5);
    static final Limits WITH_PEERS = new Limits("_peers", 55, 80, 2);

    String called(String figure) {
      return figure + suffix;
    }
  }

  private MemoryCases() {}

  static void idle(ServeBench bench, CaseRun run) throws Exception {
    idle(bench, run, "", Limits.ALONE);
  }

  /** With a Kubernetes client and {@value ManyMembers#MEMBERS} members, by mutual TLS. */
  static void idleWithPeers(ServeBench bench, CaseRun run) throws Exception {
    try (ManyMembers members = ManyMembers.start(run.workspace().child("members"))) {
      idle(bench, run, members.section(), Limits.WITH_PEERS);
    }
  }

  /** After a first small pull, so that what a pull needs is loaded. */
  private static void idle(ServeBench bench, CaseRun run, String peers, Limits limits)
      throws Exception {
    Findings findings = new Findings(run, bench.scale.lenience());
    Tarn tarn =
        Tarn.start(run.workspace(), "tarn", Tarn.Settings.of(bench.upstream).withSections(peers));
    if (!peers.isEmpty()) {
      PeerCases.awaitPeers(tarn);
    }
    Client.expect(tarn.server().at(bench.manifest()), bench.image.manifest());
    Client.expect(tarn.server().at(bench.config()), bench.image.config());
    TimeUnit.MILLISECONDS.sleep(bench.scale.settle().toMillis());
    ProcessUse use = tarn.server().use();
    double before = use.cpuSeconds();
    long start = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep(bench.scale.idle().toMillis());
    double seconds = (System.nanoTime() - start) / 1e9;
    findings.atMost(
        limits.called("idle_cpu_percent"),
        (use.cpuSeconds() - before) / seconds * 100,
        IDLE_CPU_LIMIT_PERCENT);
    ProcessUse.Memory memory = use.memory();
    findings.figure(limits.called("rss_idle_mib"), memory.residentMib());
    findings.atMost(limits.called("anon_idle_mib"), memory.anonymousMib(), limits.idleMib());
    findings.figure(limits.called("jars_mib"), tarn.jarBytes() / (1024.0 * 1024));
    findings.judge();
  }

  private record Pull(
      double seconds,
      double slowestSmallMillis,
      ProcessUse.Memory highest,
      ProcessUse.Memory after) {}

  static void peak(ServeBench bench, CaseRun run) throws Exception {
    peak(bench, run, "", Limits.ALONE);
  }

  /** With a Kubernetes client and {@value ManyMembers#MEMBERS} members, by mutual TLS. */
  static void peakWithPeers(ServeBench bench, CaseRun run) throws Exception {
    try (ManyMembers members = ManyMembers.start(run.workspace().child("members"))) {
      peak(bench, run, members.section(), Limits.WITH_PEERS);
    }
  }

  private static void peak(ServeBench bench, CaseRun run, String peers, Limits limits)
      throws Exception {
    Findings findings = new Findings(run, bench.scale.lenience());
    List<Pull> free = new ArrayList<>();
    List<Pull> limited = new ArrayList<>();
    int version = 0;
    for (int round = 1; round <= bench.scale.pullRounds(); round++) {
      free.add(pull(bench, run, "free-" + round, Wrapping.NONE, peers));
      try (MemoryGroup group = MemoryGroup.create(GROUP_BYTES)) {
        version = group.version();
        limited.add(pull(bench, run, "limited-" + round, group::enter, peers));
      }
    }
    findings.figure(limits.called("cgroup_version"), version);
    findings.figure(limits.called("pulls_s"), samples(free, Pull::seconds));
    findings.figure(limits.called("pulls_limited_s"), samples(limited, Pull::seconds));
    findings.figure(limits.called("small_slowest_ms"), samples(free, Pull::slowestSmallMillis));
    findings.figure(limits.called("rss_peak_mib"), samples(free, p -> p.highest().residentMib()));
    findings.figure(
        limits.called("rss_peak_limited_mib"), samples(limited, p -> p.highest().residentMib()));
    findings.figure(
        limits.called("anon_peak_limited_mib"), samples(limited, p -> p.highest().anonymousMib()));
    findings.figure(limits.called("anon_after_mib"), samples(free, p -> p.after().anonymousMib()));
    findings.atMost(
        limits.called("anon_peak_mib"),
        samples(free, p -> p.highest().anonymousMib()),
        limits.peakMib());
    findings.atMost(
        limits.called("limited_vs_unlimited"),
        samples(limited, Pull::seconds).median() / samples(free, Pull::seconds).median(),
        limits.slowdown());
    findings.judge();
  }

  private static Samples samples(List<Pull> pulls, ToDoubleFunction<Pull> figure) {
    return new Samples(pulls.stream().map(figure::applyAsDouble).toList());
  }

  /** Eight pulls at the same time of what a new Tarn does not have. */
  private static Pull pull(
      ServeBench bench, CaseRun run, String name, Wrapping wrapping, String peers)
      throws Exception {
    List<String> paths = bench.pullPaths();
    Workspace workspace = run.workspace().child(name);
    Pull pull;
    try {
      Tarn tarn =
          Tarn.start(
              workspace,
              "tarn",
              Tarn.Settings.of(bench.upstream).wrapped(wrapping).withSections(peers));
      if (!peers.isEmpty()) {
        PeerCases.awaitPeers(tarn);
      }
      ProcessUse use = tarn.server().use();
      Reading reading;
      double slowestSmall;
      ProcessUse.Memory highest;
      try (SmallRequests small = new SmallRequests(tarn.server().at(bench.pullManifest()));
          MemoryWatch watch = new MemoryWatch(use)) {
        reading = bench.sink.allAtOnce(tarn.server().port(), paths, false);
        highest = watch.highest();
        slowestSmall = small.slowestMillis();
        run.checkEquals("small requests that failed, " + name, 0, small.failed());
        run.check(small.answered() > 0, "no small request was answered, " + name);
      }
      run.checkEquals("bytes of the eight pulls, " + name, bench.pullBytes(), reading.bytes());
      TimeUnit.MILLISECONDS.sleep(bench.scale.settle().toMillis());
      pull = new Pull(reading.seconds(), slowestSmall, highest, use.memory());
    } finally {
      workspace.closeResources();
    }
    workspace.delete();
    return pull;
  }
}
