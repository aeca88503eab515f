package dev.tarn.e2e.bench;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Hashing;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The time from the process's start until it says that it is ready. */
final class StartCases {
  private static final double READY_LIMIT_MILLIS = 450;
  private static final double FULL_READY_LIMIT_MILLIS = 1_000;
  private static final int BLOBS = 100_000;
  private static final Duration POLL_PERIOD = Duration.ofMillis(1);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int READ_LIMIT_MILLIS = 1_000;

  private StartCases() {}

  static void ready(ServeBench bench, CaseRun run) throws Exception {
    Findings findings = new Findings(run, bench.scale.lenience());
    Tarn tarn = Tarn.start(run.workspace(), "tarn", Tarn.Settings.of(bench.upstream));
    // What the launcher became is started without it: in a container there is none either.
    List<String> command = tarn.server().use().command();
    Map<String, String> environment = tarn.server().use().environment();
    tarn.server().process().kill();
    Path full = run.workspace().makeDirectory("full");
    fill(full);
    List<Double> emptyMillis = new ArrayList<>();
    List<Double> fullMillis = new ArrayList<>();
    // The first of each is not counted: it finds no page of what it reads in memory.
    for (int start = 0; start <= bench.scale.starts(); start++) {
      Path empty = run.workspace().makeDirectory("empty-" + start);
      Start starter = new Start(run.workspace(), command, environment, tarn.adminPort());
      double emptyTook = starter.on(empty);
      double fullTook = starter.on(full);
      if (start > 0) {
        emptyMillis.add(emptyTook);
        fullMillis.add(fullTook);
      }
    }
    findings.atMost("ready_ms", new Samples(emptyMillis), READY_LIMIT_MILLIS);
    findings.atMost("ready_100k_ms", new Samples(fullMillis), FULL_READY_LIMIT_MILLIS);
    findings.judge();
  }

  /** Small content, each under its right name. */
  private static void fill(Path store) throws IOException {
    for (int number = 0; number < BLOBS; number++) {
      byte[] content = ("blob " + number).getBytes(StandardCharsets.US_ASCII);
      String digest = Hashing.digest(content);
      String hex = digest.substring(digest.indexOf(':') + 1);
      Path directory = store.resolve("blobs/sha256").resolve(hex.substring(0, 2));
      Files.createDirectories(directory);
      Files.write(directory.resolve(hex), content);
    }
  }

  private record Start(
      Workspace workspace, List<String> command, Map<String, String> environment, int adminPort) {

    /** Milliseconds until it is ready with that store. */
    double on(Path store) {
      Map<String, String> with = new HashMap<>(environment);
      with.put("TARN_STORE_PATH", store.toString());
      long start = System.nanoTime();
      try (Child process = Child.start("start", workspace.directory(), with, command)) {
        while (!isReady()) {
          if (!process.alive() || System.nanoTime() - start > START_LIMIT.toNanos()) {
            throw new CaseFailed("Tarn did not become ready; " + process.tail());
          }
          LockSupport.parkNanos(POLL_PERIOD.toNanos());
        }
        return (System.nanoTime() - start) / 1e6;
      }
    }

    private boolean isReady() {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort));
        socket.setSoTimeout(READ_LIMIT_MILLIS);
        socket
            .getOutputStream()
            .write("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] head = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        return new String(head, StandardCharsets.US_ASCII).endsWith("200");
      } catch (IOException notYet) {
        return false;
      }
    }
  }
}
