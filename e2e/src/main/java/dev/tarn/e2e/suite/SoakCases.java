package dev.tarn.e2e.suite;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.ProcessFacts;
import dev.tarn.e2e.node.TarnConfig;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Soaks, and what a Tarn must look like after one. */
final class SoakCases {
  private static final int REQUESTS = 10_000;
  private static final int WARM_UP_REQUESTS = 500;
  private static final int CLIENTS = 16;
  private static final long SEED = 4_711;
  private static final int ABORTS_PERCENT = 25;

  /** Idle connections to upstream and from clients are closed by then. */
  private static final Duration QUIET_LIMIT = Duration.ofMinutes(2);

  private static final Duration PUBLISH_LIMIT = Duration.ofSeconds(20);

  /** Compilers and pools still grow in the second half; 10 KiB lost a request would be more. */
  private static final long RESIDENT_GROWTH_KIB = 48 * 1024;

  /** The JVM gives memory that is free again back within seconds. */
  private static final Duration TRIM_LIMIT = Duration.ofSeconds(15);

  private SoakCases() {}

  static void roomy(SoakBench bench, CaseRun run) throws Exception {
    soak(bench, run, "20GiB");
  }

  static void evicting(SoakBench bench, CaseRun run) throws Exception {
    soak(bench, run, bench.bytes() / 2 / 1024 + "KiB");
  }

  private static void soak(SoakBench bench, CaseRun run, String maxSize) throws Exception {
    TarnNode tarn =
        TarnNode.start(
            run.workspace(),
            TarnConfig.mirroring(Bench.REGISTRY, bench.registry.uri())
                .withMaxSize(maxSize)
                .withoutClientLimit());
    ProcessFacts facts = tarn.facts();
    // The JVM listens for such orders from the first one on: a handle that is there at the start.
    facts.collectGarbage();
    int atStart = handles(facts);
    run.figure("open_files_start", atStart);
    Soak soak = new Soak(bench, tarn);

    soak.upTo(WARM_UP_REQUESTS);
    long warm = facts.residentKib();
    soak.upTo(REQUESTS / 2);
    facts.collectGarbage();
    long half = facts.residentKib();
    soak.upTo(REQUESTS);
    long end = facts.residentKib();
    run.figure("requests", REQUESTS);
    run.figure("aborted", soak.aborted.get());
    run.figure("rss_warm_mib", warm / 1024);
    run.figure("rss_half_mib", half / 1024);
    run.figure("rss_end_mib", end / 1024);

    run.check(
        soak.wrong.isEmpty(),
        soak.wrong.size() + " answers were wrong, such as " + soak.wrong.peek());
    run.check(tarn.alive(), "Tarn ended");
    checkNothingOpen(run, tarn, atStart);
    checkNoTemporaryFile(bench, run, tarn);
    checkSteady(run, facts, half);
  }

  /** What is in use; how much garbage lies about at a moment says nothing of a leak. */
  private static void checkSteady(CaseRun run, ProcessFacts facts, long half) throws Exception {
    long limit = half + RESIDENT_GROWTH_KIB;
    facts.collectGarbage();
    try {
      Await.until(
          "resident memory, " + half + " KiB after half of the requests, is below " + limit,
          TRIM_LIMIT,
          () -> facts.residentKib() <= limit);
    } finally {
      run.figure("rss_collected_mib", facts.residentKib() / 1024);
    }
  }

  /** Open files, sockets and the like; the JVM opens the random devices once, when first needed. */
  private static int handles(ProcessFacts facts) {
    return (int) facts.openFiles().stream().filter(file -> !file.startsWith("/dev/")).count();
  }

  private static void checkNothingOpen(CaseRun run, TarnNode tarn, int atStart) throws Exception {
    ProcessFacts facts = tarn.facts();
    try {
      Await.until("handles are closed", QUIET_LIMIT, () -> handles(facts) <= atStart);
    } finally {
      run.figure("open_files_end", handles(facts));
    }
    List<String> inStore =
        facts.openFiles().stream()
            .filter(file -> file.startsWith(tarn.store() + "/blobs"))
            .toList();
    run.check(inStore.isEmpty(), "still open: " + inStore);
  }

  /** What aborts left of blobs may wait to be resumed; once all are fetched nothing may be left. */
  private static void checkNoTemporaryFile(SoakBench bench, CaseRun run, TarnNode tarn)
      throws Exception {
    for (Blob blob : bench.blobs) {
      String target =
          "/v2/" + SoakBench.REPOSITORY + "/blobs/" + blob.digest() + "?ns=" + Bench.REGISTRY;
      RawClient.ask(
          tarn.address(),
          RawClient.request("GET", target, Optional.empty()),
          new RawClient.Patience.Endless());
    }
    // A client has the last byte before the file is certain to be on disk and published.
    Await.until(
        "nothing is left in the store but what is complete",
        PUBLISH_LIMIT,
        () -> tarn.storeFiles("partial").isEmpty() && tarn.storeFiles("tmp").isEmpty());
    run.figure("store_files", tarn.storeFiles("").size());
  }

  /** The requests, one after another from a seed, spread over some clients. */
  private static final class Soak {
    private final SoakBench bench;
    private final TarnNode tarn;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger aborted = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    Soak(SoakBench bench, TarnNode tarn) {
      this.bench = bench;
      this.tarn = tarn;
    }

    /** Runs all requests below that number and returns when the last is over. */
    void upTo(int end) throws InterruptedException {
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofVirtual().start(() -> client(end)));
      }
      for (Thread client : clients) {
        client.join();
      }
    }

    private void client(int end) {
      while (true) {
        int number = next.getAndUpdate(n -> n < end ? n + 1 : n);
        if (number >= end) {
          return;
        }
        one(number);
      }
    }

    private void one(int number) {
      SplittableRandom random = new SplittableRandom(SEED + number * 7_919L);
      SoakRequest request = SoakRequest.random(bench, random);
      RawClient.Patience patience = patience(random);
      try {
        Optional<RawClient.Answer> answer =
            RawClient.ask(tarn.address(), request.request(), patience);
        if (answer.isPresent()) {
          request
              .judge()
              .apply(answer.get())
              .ifPresent(problem -> wrong.add(request.request().startLine() + ": " + problem));
        } else {
          aborted.incrementAndGet();
        }
      } catch (IOException e) {
        wrong.add(request.request().startLine() + ": " + e);
      }
    }

    private static RawClient.Patience patience(SplittableRandom random) {
      if (random.nextInt(100) >= ABORTS_PERCENT) {
        return new RawClient.Patience.Endless();
      }
      // Most blobs are longer than this, and many a hang-up comes early.
      int bytes = random.nextInt(1, 1 << random.nextInt(1, 22));
      return random.nextInt(5) == 0
          ? new RawClient.Patience.None()
          : new RawClient.Patience.Bytes(bytes, random.nextBoolean());
    }
  }
}
