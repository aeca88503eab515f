package dev.tarn.e2e.bench;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.Case;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import java.util.ArrayList;
import java.util.List;

/** What Tarn has, it serves as fast as nginx; what that takes of memory, processor and start. */
public final class ServeSuite implements Suite<ServeBench> {
  private static final List<Need> CERTIFICATES = List.of(Certificates.need());

  private final boolean quick;

  /** With quick, a guard of a minute or two against regressions of kind. */
  public ServeSuite(boolean quick) {
    this.quick = quick;
  }

  @Override
  public String name() {
    return "bench-serve";
  }

  @Override
  public String summary() {
    return "cached content against nginx and docker-registry; memory, start, idle (--quick: a guard)";
  }

  @Override
  public List<Need> needs() {
    return List.of(
        Need.debian("docker-registry", "docker-registry"),
        Need.debian("nginx", "nginx-light"),
        Need.debian("wrk", "wrk"),
        Need.debian("gcc", "gcc and libc6-dev"),
        Need.debian("taskset", "util-linux"),
        Processors.need());
  }

  @Override
  public List<Case<ServeBench>> cases() {
    List<Case<ServeBench>> cases = new ArrayList<>();
    cases.add(Case.of("cached blob", BlobCases::cached));
    cases.add(Case.of("cached manifest by digest", ManifestCases::byDigest));
    if (!quick) {
      cases.add(Case.of("ranges of a cached blob", BlobCases::ranges));
      cases.add(Case.of("blob in transfer", BlobCases::inTransfer));
      cases.add(Case.of("HEAD of a cached manifest", ManifestCases::head));
      cases.add(Case.of("tag within maxAge", ManifestCases::byTag));
    }
    cases.add(
        new Case<>("eight cold pulls at once", List.of(MemoryGroup.need()), MemoryCases::peak));
    cases.add(Case.of("idle", MemoryCases::idle));
    if (!quick) {
      cases.add(new Case<>("peer fetch by TLS and in plain", CERTIFICATES, PeerCases::throughput));
      cases.add(
          new Case<>(
              "eight cold pulls at once, with peers",
              List.of(MemoryGroup.need(), Certificates.need()),
              MemoryCases::peakWithPeers));
    }
    cases.add(new Case<>("idle, with peers", CERTIFICATES, MemoryCases::idleWithPeers));
    cases.add(Case.of("idle agent", AgentCase::idle));
    cases.add(Case.of("ready", StartCases::ready));
    return cases;
  }

  @Override
  public List<String> headlines() {
    return List.of(
        "blob1_vs_nginx",
        "blob8_vs_nginx",
        "cpu_per_gb_vs_nginx",
        "manifest_vs_nginx",
        "manifest_vs_docker_registry",
        "manifest_p99_vs_nginx",
        "anon_idle_mib",
        "anon_peak_mib",
        "rss_idle_mib",
        "rss_peak_mib",
        "limited_vs_unlimited",
        "ready_ms",
        "ready_100k_ms",
        "idle_cpu_percent",
        "agent_rss_idle_mib",
        "agent_idle_cpu_percent",
        "peer_tls_vs_plain",
        "anon_idle_mib_peers",
        "anon_peak_mib_peers",
        "limited_vs_unlimited_peers");
  }

  @Override
  public ServeBench open(Workspace workspace) throws Exception {
    return ServeBench.open(Scale.of(quick), workspace);
  }
}
