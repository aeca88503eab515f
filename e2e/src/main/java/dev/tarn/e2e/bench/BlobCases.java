package dev.tarn.e2e.bench;

import dev.tarn.e2e.http.Hold;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.CaseRun;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A big blob: bytes per second, and processor time for them. */
final class BlobCases {
  private static final double BYTES_LIMIT = 0.95;
  private static final double CPU_LIMIT = 1.15;
  private static final long RANGE_BYTES = 4 * 1024 * 1024;
  private static final int RANGE_CONNECTIONS = 8;
  private static final long WITHHELD_BYTES = 16 * 1024 * 1024;
  private static final Duration HELD_LIMIT = Duration.ofMinutes(9);

  private BlobCases() {}

  static void cached(ServeBench bench, CaseRun run) {
    Findings findings = new Findings(run, bench.scale.lenience());
    Server tarn = bench.tarn.server();
    double cpu = 0;
    for (int connections : List.of(1, 8)) {
      Contest contest = contest(bench, bench.contestants(), connections, List.of(), bench.blob());
      String key = "blob" + connections;
      table(findings, key, "cached blob, " + connections + " connections", contest);
      Server nginx = bench.nginx.plain();
      findings.atLeast(
          key + "_vs_nginx",
          contest.ratios(tarn, nginx, r -> r.reading().megabytesPerSecond()),
          BYTES_LIMIT);
      Samples ratios = contest.ratios(tarn, nginx, Round::cpuSecondsPerGigabyte);
      findings.figure(key + "_cpu_vs_nginx", ratios);
      cpu = Math.max(cpu, ratios.median());
    }
    findings.atMost("cpu_per_gb_vs_nginx", cpu, CPU_LIMIT);
    findings.judge();
  }

  static void ranges(ServeBench bench, CaseRun run) {
    Findings findings = new Findings(run, bench.scale.lenience());
    List<String> options =
        List.of(
            "-l", Long.toString(RANGE_BYTES), "-z", Long.toString(bench.image.biggest().size()));
    Contest contest = contest(bench, bench.contestants(), RANGE_CONNECTIONS, options, bench.blob());
    table(findings, "range4m", "4 MiB at random offsets, 8 connections", contest);
    compare(findings, "range4m", contest, bench.tarn.server(), bench.nginx.plain());
    findings.judge();
  }

  /** Upstream holds the end of the blob back, so that it stays in transfer. */
  static void inTransfer(ServeBench bench, CaseRun run) throws Exception {
    Findings findings = new Findings(run, bench.scale.lenience());
    Blob blob = bench.image.biggest();
    long held = blob.size() - WITHHELD_BYTES;
    Relay relay =
        run.workspace()
            .own(
                new Relay(
                    Ports.free(),
                    Route.to(
                        new InetSocketAddress(
                            bench.upstream.getHost(), bench.upstream.getPort()))));
    Hold hold = relay.hold(blob.digest(), held);
    Tarn tarn =
        Tarn.start(
            run.workspace(),
            "tarn",
            Tarn.Settings.of(relay.uri())
                .withStall(HELD_LIMIT)
                .wrapped(bench.processors::onServer));
    FutureTask<@Nullable Void> reader =
        new FutureTask<>(
            () -> {
              Client.expect(tarn.server().at(bench.blob()), blob);
              return null;
            });
    Thread.ofVirtual().name("reader").start(reader);
    hold.awaitReached(Duration.ofMinutes(1));
    for (int connections : List.of(1, 8)) {
      List<String> options = List.of("-r", "0-" + (held - WITHHELD_BYTES - 1));
      Contest contest =
          contest(
              bench,
              List.of(tarn.server(), bench.nginx.plain()),
              connections,
              options,
              bench.blob());
      String key = "transfer" + connections;
      table(findings, key, "blob in transfer, " + connections + " connections", contest);
      compare(findings, key, contest, tarn.server(), bench.nginx.plain());
    }
    hold.release();
    reader.get(1, TimeUnit.MINUTES);
    run.checkEquals("GETs upstream", 1, relay.traffic().gets(blob.digest()));
    findings.judge();
  }

  private static Contest contest(
      ServeBench bench, List<Server> servers, int connections, List<String> options, String path) {
    return Contest.of(
        servers,
        bench.scale,
        (server, time) ->
            bench.sink.run(server.port(), new Sink.Load(connections, time, options, path)));
  }

  private static void table(Findings findings, String key, String what, Contest contest) {
    findings.contest(
        key + "_mb_s", what + ", MB/s", contest, r -> r.reading().megabytesPerSecond());
    findings.contest(
        key + "_cpu_s_per_gb", what + ", CPU s/GB", contest, Round::cpuSecondsPerGigabyte);
  }

  private static void compare(
      Findings findings, String key, Contest contest, Server tarn, Server nginx) {
    findings.figure(
        key + "_vs_nginx", contest.ratios(tarn, nginx, r -> r.reading().megabytesPerSecond()));
    findings.figure(
        key + "_cpu_vs_nginx", contest.ratios(tarn, nginx, Round::cpuSecondsPerGigabyte));
  }
}
