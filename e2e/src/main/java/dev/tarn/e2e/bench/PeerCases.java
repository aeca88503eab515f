package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.http.Fetch;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node takes from another, through all of both: from the holder's disk, over TLS and in
 * plain, to the taker's client and disk.
 */
final class PeerCases {
  private static final double TLS_LIMIT = 0.6;
  private static final int WARM_UP = 2;

  private PeerCases() {}

  /** Two nodes: one holds what the other is asked for. */
  private record Pair(Tarn holder, Tarn taker) {
    static Pair start(ServeBench bench, Workspace workspace, Optional<Certificates> authority)
        throws Exception {
      List<Integer> ports = List.of(Ports.free(), Ports.free());
      List<Tarn> nodes = new ArrayList<>();
      for (int i = 0; i < ports.size(); i++) {
        String name = "node-" + i;
        nodes.add(
            Tarn.start(
                workspace,
                name,
                Tarn.Settings.of(bench.upstream)
                    .withSections(section(name, i, ports, authority, workspace))));
      }
      for (Tarn node : nodes) {
        awaitPeers(node);
      }
      return new Pair(nodes.get(0), nodes.get(1));
    }

    private static String section(
        String name,
        int number,
        List<Integer> ports,
        Optional<Certificates> authority,
        Workspace workspace)
        throws Exception {
      String transport = "plainHttp: true";
      if (authority.isPresent()) {
        Certificates.Identity identity =
            authority
                .get()
                .issueFor(
                    name,
                    workspace.directory().resolve(name + "-tls"),
                    Certificates.Validity.now());
        transport =
            "tls: {certificate: %s, key: %s, ca: %s}"
                .formatted(identity.certificate(), identity.key(), identity.authority());
      }
      return """
      peers:
        mode: static
        node: %s
        listen: 127.0.0.1:%d
        members: ["node-0=127.0.0.1:%d", "node-1=127.0.0.1:%d"]
        %s
      """
          .formatted(name, ports.get(number), ports.get(0), ports.get(1), transport);
    }

    double cpuSeconds() {
      return holder.server().use().cpuSeconds() + taker.server().use().cpuSeconds();
    }
  }

  /** Until it has begun with its peers, which is after it is ready. */
  static void awaitPeers(Tarn node) throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + node.adminPort() + "/metrics");
    Await.until(
        "peers have begun",
        Duration.ofSeconds(30),
        () -> Fetch.text(metrics).contains("tarn_peer_downloads"));
  }

  private static final class Measured {
    final List<Double> rates = new ArrayList<>();
    double cpu;
    double gigabytes;
  }

  static void throughput(ServeBench bench, CaseRun run) throws Exception {
    Findings findings = new Findings(run, bench.scale.lenience());
    Workspace plain = run.workspace().child("plain");
    Workspace tls = run.workspace().child("tls");
    Certificates authority = Certificates.create(tls.makeDirectory("authority"));
    Pair inPlain = Pair.start(bench, plain, Optional.empty());
    Pair byTls = Pair.start(bench, tls, Optional.of(authority));
    Measured plainly = new Measured();
    Measured secured = new Measured();
    int round = 0;
    for (String path : bench.pullPaths()) {
      boolean counts = round++ >= WARM_UP;
      fetch(bench, inPlain, path, counts ? plainly : new Measured());
      fetch(bench, byTls, path, counts ? secured : new Measured());
    }
    Samples plainRates = new Samples(plainly.rates);
    Samples tlsRates = new Samples(secured.rates);
    findings.figure("peer_plain_mb_s", plainRates);
    findings.figure("peer_tls_mb_s", tlsRates);
    findings.figure("peer_plain_cpu_s_per_gb", plainly.cpu / plainly.gigabytes);
    findings.figure("peer_tls_cpu_s_per_gb", secured.cpu / secured.gigabytes);
    findings.atLeast("peer_tls_vs_plain", tlsRates.median() / plainRates.median(), TLS_LIMIT);
    findings.judge();
    plain.closeResources();
    tls.closeResources();
    plain.delete();
    tls.delete();
  }

  private static void fetch(ServeBench bench, Pair pair, String path, Measured measured) {
    bench.sink.allAtOnce(pair.holder().server().port(), List.of(path), false);
    double before = pair.cpuSeconds();
    Reading reading = bench.sink.allAtOnce(pair.taker().server().port(), List.of(path), false);
    measured.cpu += pair.cpuSeconds() - before;
    measured.gigabytes += reading.bytes() / 1e9;
    measured.rates.add(reading.megabytesPerSecond());
  }
}
