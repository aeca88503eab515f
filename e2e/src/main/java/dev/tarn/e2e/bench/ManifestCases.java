package dev.tarn.e2e.bench;

import dev.tarn.e2e.run.CaseRun;
import java.util.List;

/** Small bodies: requests per second, their latency, and processor time for each. */
final class ManifestCases {
  private static final double RATE_LIMIT = 1.0;
  private static final double CPU_LIMIT = 1.2;
  private static final double DOCKER_REGISTRY_LIMIT = 25;
  private static final double P99_LIMIT = 2;

  /** In short rounds the compiler still takes the processor from the slowest requests. */
  private static final double QUICK_P99_LIMIT = 4;

  private static final int FEW = 16;
  private static final int MANY = 256;

  private ManifestCases() {}

  static void byDigest(ServeBench bench, CaseRun run) {
    Findings findings = new Findings(run, bench.scale.lenience());
    Server tarn = bench.tarn.server();
    Server nginx = bench.nginx.plain();
    List<Server> few = List.of(tarn, nginx, bench.nginx.caching(), bench.dockerRegistry);
    // On one processor docker-registry leaves some of many connections without an answer.
    List<Server> many = few.subList(0, 3);
    double rate = Double.MAX_VALUE;
    double cpu = 0;
    for (int connections : List.of(FEW, MANY)) {
      Contest contest = get(bench, connections == FEW ? few : many, connections, bench.manifest());
      String key = "manifest" + connections;
      table(findings, key, "manifest, " + connections + " connections", contest);
      Samples rates = contest.ratios(tarn, nginx, r -> r.reading().requestsPerSecond());
      Samples cpus = contest.ratios(tarn, nginx, Round::cpuMicrosPerRequest);
      findings.figure(key + "_vs_nginx", rates);
      findings.figure(key + "_cpu_vs_nginx", cpus);
      findings.figure(
          key + "_vs_nginx_with_open_file_cache",
          contest.ratios(tarn, bench.nginx.caching(), r -> r.reading().requestsPerSecond()));
      rate = Math.min(rate, rates.median());
      cpu = Math.max(cpu, cpus.median());
      if (connections == FEW) {
        findings.atLeast(
            "manifest_vs_docker_registry",
            contest.ratios(tarn, bench.dockerRegistry, r -> r.reading().requestsPerSecond()),
            DOCKER_REGISTRY_LIMIT);
      } else {
        findings.atMost(
            "manifest_p99_vs_nginx",
            contest.ratios(tarn, nginx, r -> r.reading().p99Micros()),
            bench.scale.lenience() > 1 ? QUICK_P99_LIMIT : P99_LIMIT);
      }
    }
    findings.atLeast("manifest_vs_nginx", rate, RATE_LIMIT);
    findings.atMost("manifest_cpu_vs_nginx", cpu, CPU_LIMIT);
    findings.judge();
  }

  static void byTag(ServeBench bench, CaseRun run) {
    Findings findings = new Findings(run, bench.scale.lenience());
    List<Server> servers = List.of(bench.tarn.server(), bench.nginx.plain());
    for (int connections : List.of(FEW, MANY)) {
      Contest contest = get(bench, servers, connections, bench.tag());
      String key = "tag" + connections;
      table(findings, key, "tag within maxAge, " + connections + " connections", contest);
      compare(findings, key, contest);
    }
    findings.judge();
  }

  /** By the sink: wrk waits for the body of an answer that has none. */
  static void head(ServeBench bench, CaseRun run) {
    Findings findings = new Findings(run, bench.scale.lenience());
    List<String> options = List.of("-m", "HEAD");
    for (int connections : List.of(FEW, MANY)) {
      Contest contest =
          Contest.of(
              List.of(bench.tarn.server(), bench.nginx.plain()),
              bench.scale,
              (server, time) ->
                  bench.sink.run(
                      server.port(), new Sink.Load(connections, time, options, bench.manifest())));
      String key = "head" + connections;
      table(findings, key, "HEAD of a manifest, " + connections + " connections", contest);
      compare(findings, key, contest);
    }
    findings.judge();
  }

  private static Contest get(ServeBench bench, List<Server> servers, int connections, String path) {
    return Contest.of(
        servers, bench.scale, (server, time) -> bench.wrk.run(connections, time, server.at(path)));
  }

  private static void table(Findings findings, String key, String what, Contest contest) {
    findings.contest(
        key + "_per_s", what + ", requests/s", contest, r -> r.reading().requestsPerSecond());
    findings.contest(
        key + "_cpu_us", what + ", CPU µs/request", contest, Round::cpuMicrosPerRequest);
    findings.contest(key + "_p50_us", what + ", p50 µs", contest, r -> r.reading().p50Micros());
    findings.contest(key + "_p99_us", what + ", p99 µs", contest, r -> r.reading().p99Micros());
  }

  /** Tarn, the first, with nginx, the second. */
  private static void compare(Findings findings, String key, Contest contest) {
    Server tarn = contest.servers().get(0);
    Server nginx = contest.servers().get(1);
    findings.figure(
        key + "_vs_nginx", contest.ratios(tarn, nginx, r -> r.reading().requestsPerSecond()));
    findings.figure(key + "_cpu_vs_nginx", contest.ratios(tarn, nginx, Round::cpuMicrosPerRequest));
    findings.figure(
        key + "_p99_vs_nginx", contest.ratios(tarn, nginx, r -> r.reading().p99Micros()));
  }
}
