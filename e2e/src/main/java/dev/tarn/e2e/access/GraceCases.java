package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Real containerd pulls with pull secrets that outlive an outage: passwords, and those for tokens
 * at a node that names itself as the registry's realm. In an outage neither registry nor realm is
 * reached, by nobody.
 */
final class GraceCases {
  private static final Duration DECISION = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration MARGIN = Duration.ofMillis(300);
  private static final Optional<String> ALICE = Optional.of(User.ALICE.credential());

  private final Scheme scheme;
  private final Flavour flavour;

  /** With tokens there is the relay; with passwords there is nothing to relay. */
  GraceCases(Scheme scheme, Flavour flavour) {
    this.scheme = scheme;
    this.flavour = flavour;
  }

  /** A node of the case's own, two containerds that pull there, and their own way past it. */
  private final class Site {
    private final AccessBench bench;
    private final CaseRun run;
    private final Mirror node;
    private final Relay direct;
    private final Private image;

    Site(AccessBench bench, CaseRun run, Duration decision, Duration grace) throws Exception {
      this.bench = bench;
      this.run = run;
      this.node =
          bench.alone(
              run.workspace(),
              plan ->
                  plan.with(
                          scheme.registry(),
                          scheme == Scheme.TOKEN ? List.of("    tokenRelay: true") : List.of())
                      .withTimes(decision, grace));
      this.direct = bench.way(run.workspace(), scheme);
      this.image = Private.push(bench, scheme, User.ALICE);
    }

    Child.Finished pull(int containerd, Optional<String> credential) throws Exception {
      Containerd client = bench.containerd(flavour, containerd);
      client.mirror(scheme.registry(), node.uri(), direct.uri());
      return client.tryPull(image.place().reference(Private.TAG), credential);
    }

    void ownerPulls(int containerd) throws Exception {
      pull(containerd, ALICE).orFail();
      bench.containerd(flavour, containerd).verify(image.image());
    }

    /** Nobody but the owner is given anything, and a wrong password makes nobody the owner. */
    void othersGetNothing(int containerd) throws Exception {
      refused(containerd, Optional.of(User.BOB.credential()));
      refused(containerd, Optional.of("alice:wrong"));
      refused(containerd, Optional.of("alice:"));
      refused(containerd, Optional.empty());
    }

    void refused(int containerd, Optional<String> credential) throws Exception {
      Child.Finished pull = pull(containerd, credential);
      run.check(pull.status() != 0, "a pull succeeded that must not: " + pull.output());
      List<Blob> all = new ArrayList<>(image.image().blobs());
      all.add(image.image().manifest());
      run.check(
          !bench.containerd(flavour, containerd).hasAnyOf(all),
          "containerd got some of the image: " + pull.output());
    }

    /** The owner has pulled, and what the registry said then is old, but not too old for grace. */
    void warm() throws Exception {
      image.pull(run, node);
      image.awaitHeld(node);
      TimeUnit.NANOSECONDS.sleep(DECISION.plus(MARGIN).toNanos());
    }

    void away(boolean registryToo) {
      bench.realm.stop();
      if (registryToo) {
        node.cutOff(true);
        direct.stop();
      }
    }

    void back() {
      bench.realm.recover();
      node.cutOff(false);
      direct.start();
    }

    void restart() throws Exception {
      node.tarn().terminate();
      node.tarn().startAgain();
    }
  }

  /** Pull secrets come to the realm from Tarn alone. */
  void cold(AccessBench bench, CaseRun run) throws Exception {
    Site site = new Site(bench, run, Duration.ofMinutes(5), LONG);
    bench.realm.asked().forget();

    site.ownerPulls(0);

    run.checkEquals("requests past Tarn", 0, site.direct.traffic().requests());
    List<Exchange> asked = bench.realm.asked().all();
    run.check(
        asked.stream().anyMatch(each -> each.status() == 200), "no token was given: " + asked);
    for (Exchange each : asked) {
      String who = each.header("User-Agent").orElse("");
      run.check(!who.contains("containerd"), "the realm was asked by " + who + ": " + each);
    }
    run.figure("realm_requests", asked.size());
    run.figure("upstream_requests", site.node.upstream(scheme).requests());
    for (Blob blob : site.image.image().blobs()) {
      run.checkEquals(
          "GETs of " + blob.digest(), 1, site.node.upstream(scheme).gets(blob.digest()));
    }
    site.othersGetNothing(1);
  }

  /** What the secret may is known: neither manifest nor blobs are asked about. */
  void warm(AccessBench bench, CaseRun run) throws Exception {
    Site site = new Site(bench, run, Duration.ofMinutes(5), LONG);
    site.image.pull(run, site.node);
    site.image.awaitHeld(site.node);
    site.node.upstream(scheme).forget();

    site.ownerPulls(1);

    List<Exchange> asked = site.node.upstream(scheme).all();
    run.figure("upstream_requests", asked.size());
    run.checkEquals("requests past Tarn", 0, site.direct.traffic().requests());
    run.checkEquals("questions about blobs", 0, asked.stream().filter(Exchange::blob).count());
    List<String> own =
        bench.realm.tokensOf(User.ALICE).stream().map(token -> "Bearer " + token).toList();
    List<Exchange> shown =
        asked.stream()
            .filter(each -> each.header("Authorization").filter(own::contains).isPresent())
            .toList();
    run.check(
        shown.size() == 1 && shown.getFirst().method().equals("HEAD"),
        "with the owner's tokens upstream was asked: " + shown);
  }

  /** Also after a restart in the outage; and when all is back it goes on. */
  void allAway(AccessBench bench, CaseRun run) throws Exception {
    Site site = new Site(bench, run, DECISION, LONG);
    site.warm();
    site.away(true);
    try {
      site.othersGetNothing(1);
      site.ownerPulls(0);
      site.restart();
      site.othersGetNothing(1);
      site.ownerPulls(1);
    } finally {
      site.back();
    }
    site.ownerPulls(1);
  }

  void realmAway(AccessBench bench, CaseRun run) throws Exception {
    Site site = new Site(bench, run, DECISION, LONG);
    site.warm();
    site.away(false);
    try {
      site.othersGetNothing(1);
      site.ownerPulls(0);
    } finally {
      site.back();
    }
  }

  void ends(AccessBench bench, CaseRun run) throws Exception {
    Duration grace = Duration.ofSeconds(8);
    Site site = new Site(bench, run, DECISION, grace);
    site.warm();
    long then = System.nanoTime();
    site.away(true);
    try {
      site.ownerPulls(0);
      TimeUnit.NANOSECONDS.sleep(
          Math.max(0, grace.plus(MARGIN).toNanos() - (System.nanoTime() - then)));
      site.refused(1, ALICE);
    } finally {
      site.back();
    }
  }

  /** Limited, the registry is not asked, and what is here goes on being served. */
  void rateLimited(AccessBench bench, CaseRun run) throws Exception {
    rateLimited(bench, run, "");
  }

  void rateLimitedWithTime(AccessBench bench, CaseRun run) throws Exception {
    rateLimited(bench, run, "Retry-After: 20");
  }

  private void rateLimited(AccessBench bench, CaseRun run, String header) throws Exception {
    // Without grace: a limit on questions is no outage.
    Site site = new Site(bench, run, DECISION, Duration.ZERO);
    site.warm();
    bench.gate(scheme).refuseAll(429, header);
    try {
      site.ownerPulls(0);
      site.othersGetNothing(1);
    } finally {
      bench.gate(scheme).recover();
    }
  }

  /** Refused once, while all is there: no outage brings it back, and no restart in one. */
  void withdrawn(AccessBench bench, CaseRun run) throws Exception {
    Site site = new Site(bench, run, DECISION, LONG);
    site.warm();
    site.away(true);
    try {
      site.ownerPulls(0);
    } finally {
      site.back();
    }
    bench.rights.withdraw(User.ALICE, site.image.place().repository());
    site.refused(1, ALICE);
    site.away(true);
    try {
      site.refused(1, ALICE);
      site.restart();
      site.refused(1, ALICE);
    } finally {
      site.back();
    }
  }
}
