package dev.tarn.e2e.access;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Hold;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * All nodes pull one private image at once: Alice at the first and the last, and Bob, who was given
 * the right, in between.
 */
final class CrowdCases {
  private static final long LAYER_KIB = 12 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long SLOW_BYTES_PER_SECOND = 3L * 512 * 1024;
  private static final long FAST = Long.MAX_VALUE;

  /** What upstream may send beyond one copy: leases that are cut short are on their way already. */
  private static final double COPIES = 1.5;

  private final Scheme scheme;

  CrowdCases(Scheme scheme) {
    this.scheme = scheme;
  }

  /** The image, and what each node's client showed. */
  private final class Crowd {
    private final AccessBench bench;
    private final CaseRun run;
    private final Private image;

    /** Past all nodes, where one fails. */
    private final Relay direct;

    private final List<CompletableFuture<Pull.Result>> pulls = new ArrayList<>();
    private final List<Pull> started = new ArrayList<>();

    Crowd(AccessBench bench, CaseRun run, long layerKib) {
      this.bench = bench;
      this.run = run;
      Image content = bench.image(List.of(bench.layer(layerKib), bench.layer(layerKib / 2)));
      this.image = Private.push(bench, scheme, User.ALICE, content);
      this.direct = bench.way(run.workspace(), scheme);
      bench.rights.grant(User.BOB, image.place().repository());
      bench.nodes().forEach(node -> node.upstream(scheme).forget());
    }

    void start() {
      for (int number = 0; number < AccessBench.NODES; number++) {
        Pull pull = Pull.by(user(number), bench.node(number).uri(), direct.uri(), image.place());
        started.add(pull);
        pulls.add(Threads.meanwhile(() -> pull.run(Private.TAG)));
      }
    }

    Pull.Result result(int number) throws Exception {
      return pulls.get(number).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    void succeeds(int number) throws Exception {
      Pull.Result result = result(number);
      run.check(result.complete(), "the pull at node " + number + " failed: " + result.problem());
    }

    /** How many bytes of the blobs came from upstream, over all nodes. */
    double copies() {
      long bytes = bench.nodes().stream().mapToLong(n -> n.fetched(scheme, image.image())).sum();
      return (double) bytes / image.image().size();
    }

    void slowly(boolean slow) {
      bench.nodes().forEach(node -> node.way(scheme).throttle(slow ? SLOW_BYTES_PER_SECOND : FAST));
    }

    /** Returns when upstream has sent some of a layer. */
    void awaitUnderWay() throws Exception {
      Blob layer = image.image().biggest();
      Await.until(
          "a layer is under way",
          LIMIT,
          () ->
              bench.nodes().stream().mapToLong(n -> n.upstream(scheme).bytes(layer.digest())).sum()
                  > layer.size() / 8);
    }

    /** What a node showed upstream is what its own client showed it, or nobody's. */
    void checkOwnCredentials() {
      Set<String> anonymous =
          bench.realm.issued().stream()
              .filter(each -> each.user().isEmpty())
              .map(each -> "Bearer " + each.token())
              .collect(Collectors.toSet());
      long shown = 0;
      for (int number = 0; number < AccessBench.NODES; number++) {
        Set<String> own = started.get(number).everShown();
        for (Exchange each : bench.node(number).upstream(scheme).all()) {
          String credential = each.header("Authorization").orElse("");
          run.check(
              credential.isEmpty() || anonymous.contains(credential) || own.contains(credential),
              "node " + number + " showed what its client never had: " + each);
          shown += own.contains(credential) ? 1 : 0;
        }
      }
      run.check(shown > 0, "no credential was shown at all");
    }
  }

  private static User user(int number) {
    return number == 1 ? User.BOB : User.ALICE;
  }

  void ownCredentials(AccessBench bench, CaseRun run) throws Exception {
    Crowd crowd = new Crowd(bench, run, LAYER_KIB);
    crowd.slowly(true);
    try {
      crowd.start();
      for (int number = 0; number < AccessBench.NODES; number++) {
        crowd.succeeds(number);
      }
    } finally {
      crowd.slowly(false);
    }
    crowd.checkOwnCredentials();
    run.figure("copies", Math.round(crowd.copies() * 100) / 100.0);
    run.checkEquals("requests past Tarn", 0, crowd.direct.traffic().requests());
    run.check(crowd.copies() <= COPIES, "upstream sent " + crowd.copies() + " copies");
  }

  /** Every token is over before the layers are: whoever still wants bytes gets another. */
  void tokensEnd(AccessBench bench, CaseRun run) throws Exception {
    Crowd crowd = new Crowd(bench, run, 2 * LAYER_KIB);
    bench.realm.tokensLive(Duration.ofSeconds(3));
    crowd.slowly(true);
    try {
      crowd.start();
      for (int number = 0; number < AccessBench.NODES; number++) {
        crowd.succeeds(number);
      }
    } finally {
      crowd.slowly(false);
      bench.realm.recover();
    }
    crowd.checkOwnCredentials();
    long refused =
        bench.nodes().stream()
            .mapToLong(
                node ->
                    node.upstream(scheme)
                        .count(e -> e.status() == 401 && e.header("Authorization").isPresent()))
            .sum();
    run.figure("refused", refused);
    run.figure("bytes_past_tarn", crowd.direct.traffic().blobBytes());
    run.figure("copies", Math.round(crowd.copies() * 100) / 100.0);
    run.check(refused > 0, "no token was over in time");
  }

  /** A single node's token is over in mid-blob, and upstream breaks off: the rest needs another. */
  void tokenEndsInMidBlob(AccessBench bench, CaseRun run) throws Exception {
    Mirror node = bench.alone(run.workspace(), plan -> plan);
    Private image =
        Private.push(bench, scheme, User.ALICE, bench.image(List.of(bench.layer(LAYER_KIB))));
    Blob layer = image.image().biggest();
    Hold hold = node.way(scheme).hold(layer.digest(), layer.size() / 2);
    Pull pull = Pull.by(User.ALICE, node.uri(), image.place());
    CompletableFuture<Pull.Result> over = Threads.meanwhile(() -> pull.run(Private.TAG));
    hold.awaitReached(LIMIT);
    List<String> before = List.copyOf(pull.everShown());
    before.forEach(shown -> bench.realm.revoke(shown.substring("Bearer ".length())));
    node.way(scheme).stop();
    hold.release();
    node.way(scheme).start();

    Pull.Result result = over.get(LIMIT.toSeconds(), TimeUnit.SECONDS);

    run.check(result.complete(), "the pull failed: " + result.problem());
    run.check(pull.everShown().size() > before.size(), "no other token was needed");
    double copies = (double) node.upstream(scheme).bytes(layer.digest()) / layer.size();
    run.figure("copies", Math.round(copies * 100) / 100.0);
  }

  /** Bob loses his right while all three fetch: the others go on, and he gets no further. */
  void revokedInMidWave(AccessBench bench, CaseRun run) throws Exception {
    Crowd crowd = new Crowd(bench, run, LAYER_KIB);
    String repository = crowd.image.place().repository();
    crowd.slowly(true);
    try {
      crowd.start();
      crowd.awaitUnderWay();
      bench.rights.withdraw(User.BOB, repository);
      bench.realm.tokensOf(User.BOB).forEach(bench.realm::revoke);
      crowd.succeeds(0);
      crowd.succeeds(2);
      // What he was let in for before may have come to its end.
      run.figure("his_pull_ended_with", crowd.result(1).status());
    } finally {
      crowd.slowly(false);
    }
    crowd.checkOwnCredentials();
    Pull.Result next = Pull.by(User.BOB, bench.node(1).uri(), crowd.image.place()).run(Private.TAG);
    run.check(!next.complete(), "Bob's next pull worked");
    Probe probe = new Probe(run, crowd.image.image());
    probe.briefly(Session.of(User.BOB), bench.node(2).uri(), crowd.image.place());
    probe.done();
    crowd.image.pull(run, bench.node(1));
  }
}
