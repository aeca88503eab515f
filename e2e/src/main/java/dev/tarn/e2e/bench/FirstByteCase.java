package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.CaseRun;
import java.util.ArrayList;
import java.util.List;

/** From a request to the first byte of its answer, on a connection that is already there. */
final class FirstByteCase {
  private static final double LIMIT_MILLIS = 3;

  private final ColdScale scale;

  FirstByteCase(ColdScale scale) {
    this.scale = scale;
  }

  /** Milliseconds of one kind of object, by both ways. */
  private record Times(List<Double> direct, List<Double> through) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  void added(CaseRun run) throws Exception {
    Findings findings = new Findings(run, scale.lenience());
    ColdBench bench = ColdBench.open(run.workspace());
    try {
      Times manifests = new Times();
      Times blobs = new Times();
      for (int image = -scale.firstByteWarmUps(); image < scale.firstBytes(); image++) {
        ColdBench.Pushed pushed = bench.push(List.of(ColdScale.SMALL_LAYER_BYTES));
        boolean mirroredFirst = image % 2 == 0;
        time(bench, mirroredFirst, pushed.manifestPath(), image < 0 ? new Times() : manifests);
        time(bench, mirroredFirst, pushed.biggestPath(), image < 0 ? new Times() : blobs);
      }
      report(findings, "manifest", manifests);
      report(findings, "blob", blobs);
    } finally {
      bench.discard();
    }
    findings.judge();
  }

  private static void time(ColdBench bench, boolean mirroredFirst, String path, Times times) {
    for (boolean mirrored : List.of(mirroredFirst, !mirroredFirst)) {
      Reading reading =
          mirrored
              ? bench.sink.one("127.0.0.1", bench.tarn.server().port(), path)
              : bench.sink.one(bench.link.address(), bench.registryPort, path);
      (mirrored ? times.through() : times.direct()).add(reading.firstByteMicros() / 1e3);
    }
  }

  private static void report(Findings findings, String what, Times times) {
    Samples direct = new Samples(times.direct());
    Samples through = new Samples(times.through());
    findings.figure(what + "_first_byte_ms_direct", direct);
    findings.figure(what + "_first_byte_ms_tarn", through);
    findings.atMost(
        what + "_first_byte_added_ms", through.median() - direct.median(), LIMIT_MILLIS);
  }
}
