package dev.tarn.e2e.bench;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.CaseRun;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;

/** What upstream is asked, counted by relays that would be too slow for the other cases. */
final class RequestsCase {
  private static final double EXTRA_LIMIT = 1;
  private static final int LAYERS = 4;

  private final ColdScale scale;

  RequestsCase(ColdScale scale) {
    this.scale = scale;
  }

  void counted(CaseRun run) throws Exception {
    Findings findings = new Findings(run, scale.lenience());
    ColdBench bench = ColdBench.open(run.workspace());
    try {
      InetSocketAddress registry = new InetSocketAddress(bench.link.address(), bench.registryPort);
      Relay direct = run.workspace().own(new Relay(Ports.free(), Route.to(registry)));
      Relay upstream = run.workspace().own(new Relay(Ports.free(), Route.to(registry)));
      Tarn tarn = Tarn.start(run.workspace(), "counted", Tarn.Settings.of(upstream.uri()));
      ColdBench.Pushed pushed =
          bench.push(Collections.nCopies(LAYERS, ColdScale.SMALL_LAYER_BYTES));
      pull(bench, "direct", direct.uri(), pushed);
      pull(bench, "tarn", tarn.server().at(""), pushed);
      print("directly", direct.traffic());
      print("by Tarn", upstream.traffic());
      run.figure("requests_direct", direct.traffic().requests());
      run.figure("requests_tarn", upstream.traffic().requests());
      findings.atMost(
          "extra_upstream_requests",
          (double) (upstream.traffic().requests() - direct.traffic().requests()),
          EXTRA_LIMIT);
    } finally {
      bench.discard();
    }
    findings.judge();
  }

  private static void pull(ColdBench bench, String name, URI source, ColdBench.Pushed pushed)
      throws Exception {
    var _ =
        bench.withContainerd(
            name,
            source,
            pushed,
            containerd -> {
              containerd.pull(pushed.reference());
              return name;
            });
  }

  private static void print(String by, Traffic traffic) {
    System.out.println("    upstream was asked " + by + ":");
    traffic.all().forEach(exchange -> System.out.println("      " + exchange));
  }
}
