package dev.tarn.e2e.access;

import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Upstream is away, or says that it is busy: who still gets what is here, and for how long. */
final class AwayCases {
  /** For how long a registry is left alone that does not say. */
  private static final int UNTOLD_SECONDS = 30;

  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofHours(1);
  private static final int RETRY_AFTER_SECONDS = 7;

  private final Scheme scheme;

  AwayCases(Scheme scheme) {
    this.scheme = scheme;
  }

  private Owner owner(AccessBench bench, CaseRun run, Duration grace) throws Exception {
    return Owner.pulled(bench, run, scheme, SHORT, grace);
  }

  /** A password within the grace time, a token while it lives. */
  void served(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.waitUntil(SHORT);
    alice.node.cutOff(true);

    alice.pullsAgain();

    run.check(alice.stale() >= 1, "the tag's answer was not counted as stale");
    if (scheme == Scheme.BASIC) {
      // As containerd does it: nothing is shown before it was asked for.
      alice.image.pull(run, alice.node);
    }
  }

  void servedWhereItFails(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.waitUntil(SHORT);
    bench.gate(scheme).refuseAll(503, "");
    try {
      alice.pullsAgain();
    } finally {
      bench.gate(scheme).recover();
    }
  }

  void servedWhereItHangs(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.waitUntil(SHORT);
    alice.node.way(scheme).hang();

    Session shown = alice.fetcher();
    Place place = alice.image.place();
    Session.Got manifest =
        shown.get(alice.node.uri(), place.manifest(alice.image.image().manifest().digest()));
    Session.Got layer =
        shown.get(alice.node.uri(), place.blob(alice.image.image().biggest().digest()));

    run.checkEquals("status of the manifest", 200, manifest.status());
    run.checkEquals("status of a layer", 200, layer.status());
    run.checkEquals("bytes", alice.image.image().biggest().size(), layer.body().length);
  }

  void graceEnds(AccessBench bench, CaseRun run) throws Exception {
    Duration grace = Duration.ofSeconds(4);
    Owner alice = owner(bench, run, grace);
    alice.node.cutOff(true);
    alice.waitUntil(SHORT);
    alice.pullsAgain();

    alice.waitUntil(grace);

    alice.getsNothing();
    run.check(!alice.image.attempt(alice.node).complete(), "a pull worked after the grace time");
  }

  void graceOutlivesRestart(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.waitUntil(SHORT);
    restartCutOff(alice);

    alice.pullsAgain();
    alice.image.pull(run, alice.node);
  }

  /** It counts from when the registry last let her in, and not from the start of the process. */
  void graceEndsAcrossRestart(AccessBench bench, CaseRun run) throws Exception {
    Duration grace = Duration.ofSeconds(12);
    Owner alice = owner(bench, run, grace);
    restartCutOff(alice);
    alice.pullsAgain();

    alice.waitUntil(grace);

    alice.getsNothing();
  }

  private static void restartCutOff(Owner alice) throws Exception {
    alice.node.tarn().terminate();
    alice.node.cutOff(true);
    alice.node.tarn().startAgain();
  }

  /** Tokens are remembered in memory only. */
  void tokenForgottenByRestart(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    restartCutOff(alice);

    alice.getsNothing();
  }

  void tokenEnds(AccessBench bench, CaseRun run) throws Exception {
    Duration life = Duration.ofSeconds(4);
    bench.realm.tokensLive(life);
    try {
      Owner alice = owner(bench, run, LONG);
      alice.node.cutOff(true);
      alice.waitUntil(SHORT);
      alice.pullsAgain();

      alice.waitUntil(life);

      alice.getsNothing();
    } finally {
      bench.realm.recover();
    }
  }

  /** A realm that goes on issuing tokens does not speak for the registry. */
  void newToken(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.node.cutOff(true);

    Pull.Result other = alice.image.attempt(alice.node);

    run.check(!other.complete(), "a token that the registry never saw was believed");
    run.check(!other.shown().isEmpty(), "no token was asked for: the challenge is not replayed");
    Probe probe = new Probe(run, alice.image.image());
    for (String shown : other.shown()) {
      probe.briefly(Session.showing(shown), alice.node.uri(), alice.image.place());
    }
    probe.done();
  }

  void refusalEndsGrace(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    alice.waitUntil(SHORT);
    withdraw(bench, alice);
    alice.getsNothing();
    alice.node.cutOff(true);
    alice.getsNothing();

    restartCutOff(alice);

    alice.getsNothing();
  }

  private void withdraw(AccessBench bench, Owner alice) {
    bench.rights.withdraw(User.ALICE, alice.image.place().repository());
    if (scheme == Scheme.TOKEN) {
      alice.shown().forEach(shown -> bench.realm.revoke(shown.substring("Bearer ".length())));
    }
  }

  /** Not the tag, which is asked for each time, but what is asked for by its digest. */
  void withdrawnWithinDecisionTime(AccessBench bench, CaseRun run) throws Exception {
    Duration decision = Duration.ofSeconds(3);
    Owner alice = Owner.pulled(bench, run, scheme, decision, LONG);
    Private other = Private.push(bench, scheme, User.ALICE);
    other.pull(run, alice.node);
    withdraw(bench, alice);

    alice.waitUntil(decision);

    Probe probe = new Probe(run, alice.image.image());
    probe.digests(alice.fetcher(), alice.node.uri(), alice.image.place());
    probe.ranges(alice.fetcher(), alice.node.uri(), alice.image.place());
    probe.heads(alice.fetcher(), alice.node.uri(), alice.image.place());
    probe.done();
    run.check(!alice.image.attempt(alice.node).complete(), "a new pull worked");
    other.pull(run, alice.node);
  }

  void withdrawnAtTheNextPull(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = Owner.pulled(bench, run, scheme, Duration.ofMinutes(5), LONG);
    withdraw(bench, alice);

    Pull.Result next = alice.image.attempt(alice.node);

    run.check(!next.complete(), "the pull worked");
    run.checkBetween("status", 401, 403, next.status());
    run.check(next.digest().isEmpty(), "the tag was answered");
    // The refusal ended what was believed about the credential that it was about.
    if (scheme == Scheme.BASIC) {
      alice.getsNothing();
    }
  }

  void rateLimitedWithTime(AccessBench bench, CaseRun run) throws Exception {
    rateLimited(bench, run, Optional.of(RETRY_AFTER_SECONDS));
  }

  void rateLimited(AccessBench bench, CaseRun run) throws Exception {
    rateLimited(bench, run, Optional.empty());
  }

  private void rateLimited(AccessBench bench, CaseRun run, Optional<Integer> retryAfter)
      throws Exception {
    // Without grace: a limit on questions is no outage.
    Owner alice = owner(bench, run, Duration.ZERO);
    Private cold = Private.push(bench, scheme, User.ALICE);
    alice.waitUntil(SHORT);
    bench.gate(scheme).refuseAll(429, retryAfter.map(s -> "Retry-After: " + s).orElse(""));
    try {
      alice.pullsAgain();
      if (scheme == Scheme.BASIC) {
        alice.image.pull(run, alice.node);
      }
      run.check(alice.stale() >= 1, "the tag's answer was not counted as stale");

      Session.Got other = alice.fetcher().head(alice.node.uri(), cold.place().manifest("1"));
      // Not 429, which containerd would repeat at once.
      run.checkEquals("status of what is not here", 503, other.status());
      long told = other.head().first("Retry-After").map(Long::parseLong).orElse(0L);
      run.checkBetween("Retry-After", 1, retryAfter.orElse(UNTOLD_SECONDS), told);

      Probe probe = new Probe(run, alice.image.image());
      for (Session stranger : List.of(Session.of(User.BOB), Session.ofNobody())) {
        probe.briefly(stranger, alice.node.uri(), alice.image.place());
      }
      probe.done();
    } finally {
      bench.gate(scheme).recover();
    }
  }

  void tagMoves(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    Private next = alice.image.moved(bench);
    next.pull(run, alice.node);
    run.checkEquals("stale answers", 0, Math.round(alice.stale()));

    // The last that was seen is what an outage leaves.
    Pull.Result seen = next.pull(run, alice.node);
    next.awaitHeld(alice.node);
    alice.node.cutOff(true);
    Pull.Result away =
        new Pull(
                alice.node.uri(),
                next.place(),
                Session.showing(seen.shown().getFirst()),
                Session.showing(seen.shown().getLast()))
            .run(Private.TAG);

    run.check(away.complete(), "the pull failed: " + away.problem());
    run.check(
        away.digest().equals(next.image().manifest().digest()),
        "the tag was answered as " + away.digest());
    run.checkEquals("stale answers", 1, Math.round(alice.stale()));
  }

  void tagIsDeleted(AccessBench bench, CaseRun run) throws Exception {
    Owner alice = owner(bench, run, LONG);
    bench.delete(alice.image.place().repository(), alice.image.image().manifest());

    run.checkEquals("status of the tag", 404, alice.again().status());
    alice.node.cutOff(true);
    run.check(!alice.again().complete(), "a deleted tag came back while upstream was away");
  }
}
