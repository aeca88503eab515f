package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Hold;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What somebody without a right gets of an image that is cached: nothing, in whatever way. */
final class StrangerCases {
  private static final long MIB = 1024;
  private static final Duration HOLD_LIMIT = Duration.ofSeconds(20);

  private final Scheme scheme;

  StrangerCases(Scheme scheme) {
    this.scheme = scheme;
  }

  /** How some ways are tried. */
  @FunctionalInterface
  private interface Ways {
    void tryAll(Probe probe, Session who, Mirror node, Place place) throws Exception;
  }

  /** Alice's image is at rest at the first node, and Bob tries there. */
  private void atHolder(AccessBench bench, CaseRun run, Ways ways) throws Exception {
    Private secret = Private.push(bench, scheme, User.ALICE);
    secret.pull(run, bench.node(0));
    secret.awaitHeld(bench.node(0));
    Probe probe = new Probe(run, secret.image());
    ways.tryAll(probe, Session.of(User.BOB), bench.node(0), secret.place());
    probe.done();
    secret.pull(run, bench.node(0));
  }

  /** In ways that give everything to the owner. */
  private void asOwner(AccessBench bench, CaseRun run, Ways ways) throws Exception {
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          ways.tryAll(probe, bob, node, place);
          Probe owned = probe.toOwner();
          ways.tryAll(owned, Session.of(User.ALICE), node, place);
          owned.done();
          ways.tryAll(probe, bob, node, place);
        });
  }

  void byTag(AccessBench bench, CaseRun run) throws Exception {
    asOwner(bench, run, (probe, who, node, place) -> probe.tag(who, node.uri(), place));
  }

  void byDigest(AccessBench bench, CaseRun run) throws Exception {
    asOwner(bench, run, (probe, who, node, place) -> probe.digests(who, node.uri(), place));
  }

  void byRange(AccessBench bench, CaseRun run) throws Exception {
    asOwner(bench, run, (probe, who, node, place) -> probe.ranges(who, node.uri(), place));
  }

  void byHead(AccessBench bench, CaseRun run) throws Exception {
    asOwner(bench, run, (probe, who, node, place) -> probe.heads(who, node.uri(), place));
  }

  void byPrefix(AccessBench bench, CaseRun run) throws Exception {
    asOwner(bench, run, (probe, who, node, place) -> probe.prefixes(who, node.uri(), place));
  }

  void byOwnRepository(AccessBench bench, CaseRun run) throws Exception {
    Private own = Private.push(bench, scheme, User.BOB);
    own.pull(run, bench.node(0));
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          probe.digests(bob, node.uri(), own.place());
          probe.ranges(bob, node.uri(), own.place());
          probe.heads(bob, node.uri(), own.place());
          probe.prefixes(bob, node.uri(), own.place());
        });
    own.pull(run, bench.node(0));
  }

  void byOtherRegistry(AccessBench bench, CaseRun run) throws Exception {
    Scheme other = scheme == Scheme.BASIC ? Scheme.TOKEN : Scheme.BASIC;
    Private own = Private.push(bench, other, User.BOB);
    own.pull(run, bench.node(0));
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          Session there = Session.of(User.BOB);
          probe.everything(there, node.uri(), Place.of(other, place.repository()));
          probe.digests(there, node.uri(), own.place());
          probe.heads(there, node.uri(), own.place());
        });
  }

  void byOwnManifest(AccessBench bench, CaseRun run) throws Exception {
    Private secret = Private.push(bench, scheme, User.ALICE);
    secret.pull(run, bench.node(0));
    secret.awaitHeld(bench.node(0));
    Layer own = bench.layer(20);
    List<Layer> layers = new ArrayList<>(secret.image().layers());
    layers.add(own);
    Image claim = bench.image(layers);
    Place place = Place.of(scheme, bench.repository(User.BOB));
    bench.pushing().pushBlob(place.repository(), own.blob());
    bench.pushing().pushBlob(place.repository(), claim.config());
    bench.smuggle(place.repository(), Private.TAG, claim.manifest());

    for (Mirror node : bench.nodes()) {
      Session bob = Session.of(User.BOB);
      Session.Got manifest = bob.get(node.uri(), place.manifest(Private.TAG));
      run.checkEquals("status of Bob's own manifest", 200, manifest.status());
      run.check(manifest.text().contains(secret.image().biggest().digest()), "it names no blob");
      run.checkEquals(
          "status of Bob's own layer",
          200,
          bob.get(node.uri(), place.blob(own.blob().digest())).status());
      Probe probe = new Probe(run, secret.image());
      for (Blob blob : secret.image().blobs()) {
        probe.blob(bob, node.uri(), place, blob);
      }
      probe.done();
      run.check(
          !Pull.by(User.BOB, node.uri(), place).run(Private.TAG).complete(), "Bob's pull worked");
    }
  }

  void byMount(AccessBench bench, CaseRun run) throws Exception {
    Private own = Private.push(bench, scheme, User.BOB);
    Relay registry = bench.way(run.workspace(), scheme);
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          probe.mount(bob, registry.uri(), own.place(), place);
          probe.mount(bob, node.uri(), own.place(), place);
          probe.digests(bob, node.uri(), own.place());
        });
  }

  void byOtherNode(AccessBench bench, CaseRun run) throws Exception {
    Private own = Private.push(bench, scheme, User.BOB);
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          for (Mirror other : List.of(bench.node(1), bench.node(2))) {
            probe.everything(bob, other.uri(), place);
            probe.digests(bob, other.uri(), own.place());
            probe.heads(bob, other.uri(), own.place());
          }
        });
  }

  void withoutCredential(AccessBench bench, CaseRun run) throws Exception {
    Relay registry = bench.way(run.workspace(), scheme);
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          Session nobody = Session.ofNobody();
          for (Mirror each : bench.nodes()) {
            probe.everything(nobody, each.uri(), place);
            Session.Got here = nobody.head(each.uri(), place.manifest(Private.TAG));
            Session.Got there = nobody.head(registry.uri(), place.manifest(Private.TAG));
            run.check(
                there.head().first("WWW-Authenticate").isPresent()
                    && there
                        .head()
                        .first("WWW-Authenticate")
                        .equals(here.head().first("WWW-Authenticate")),
                "the challenge became " + here.head() + " where it was " + there.head());
          }
        });
  }

  void wrongCredentials(AccessBench bench, CaseRun run) throws Exception {
    List<String> shown =
        switch (scheme) {
          case BASIC ->
              List.of(
                  User.basic("alice", "wrong"),
                  User.basic("alice", ""),
                  User.basic("ALICE", User.ALICE.password()),
                  User.basic("bob", User.ALICE.password()),
                  User.ALICE.basic() + "=",
                  "Basic !!!",
                  "Bearer " + User.ALICE.basic().substring("Basic ".length()));
          case TOKEN -> wrongTokens(bench, run);
        };
    atHolder(
        bench,
        run,
        (probe, bob, node, place) -> {
          for (String credential : shown) {
            Session with = Session.showing(credential);
            probe.tag(with, node.uri(), place);
            probe.digests(with, node.uri(), place);
            probe.ranges(with, bench.node(1).uri(), place);
          }
        });
  }

  private List<String> wrongTokens(AccessBench bench, CaseRun run) throws Exception {
    String service = scheme.registry();
    // Not known beforehand, as names of repositories count up: tokens for all of Alice's.
    List<String> repositories = new ArrayList<>();
    String next = bench.repository(User.ALICE);
    int number = Integer.parseInt(next.substring(next.lastIndexOf('-') + 1));
    for (int i = 0; i < 10; i++) {
      repositories.add(next.substring(0, next.lastIndexOf('-') + 1) + (number + i));
    }
    Instant soon = Instant.now().plusSeconds(300);
    TokenIssuer stranger = TokenIssuer.create(run.workspace().makeDirectory("stranger"));
    String good = bench.issuer.sign("alice", service, List.of("alice/other"), soon);
    String better = stranger.sign("alice", service, repositories, soon);
    return List.of(
        "Bearer " + stranger.sign("alice", service, repositories, soon),
        "Bearer "
            + bench.issuer.sign("alice", service, repositories, Instant.now().minusSeconds(90)),
        "Bearer " + bench.issuer.sign("alice", "other.test", repositories, soon),
        "Bearer " + good,
        "Bearer " + spliced(good, better),
        "Bearer " + bench.issuer.sign("alice", service, List.of(), soon),
        "Bearer nonsense",
        User.ALICE.basic());
  }

  /** The head and the signature of one token around the claims of another. */
  private static String spliced(String outer, String inner) {
    String[] frame = outer.split("\\.", -1);
    return frame[0] + "." + inner.split("\\.", -1)[1] + "." + frame[2];
  }

  void whileItArrives(AccessBench bench, CaseRun run) throws Exception {
    Private secret =
        Private.push(bench, scheme, User.ALICE, bench.image(List.of(bench.layer(8 * MIB))));
    Private own = Private.push(bench, scheme, User.BOB);
    Blob layer = secret.image().biggest();
    Mirror node = bench.node(0);
    Hold hold = node.way(scheme).hold(layer.digest(), layer.size() / 2);
    CompletableFuture<Pull.Result> pull =
        Threads.meanwhile(() -> Pull.by(User.ALICE, node.uri(), secret.place()).run(Private.TAG));
    try {
      hold.awaitReached(HOLD_LIMIT);
      Probe probe = new Probe(run, secret.image());
      Session bob = Session.of(User.BOB);
      for (Mirror each : List.of(node, bench.node(1))) {
        probe.blob(bob, each.uri(), secret.place(), layer);
        probe.blob(bob, each.uri(), own.place(), layer);
        probe.blob(Session.ofNobody(), each.uri(), secret.place(), layer);
      }
      probe.done();
    } finally {
      hold.release();
    }
    run.check(pull.get(60, TimeUnit.SECONDS).complete(), "the owner's pull failed");
  }

  void whileUpstreamIsAway(AccessBench bench, CaseRun run) throws Exception {
    Private own = Private.push(bench, scheme, User.BOB);
    for (Mirror node : bench.nodes()) {
      own.pull(run, node);
    }
    Private secret = Private.push(bench, scheme, User.ALICE);
    secret.pull(run, bench.node(0));
    secret.awaitHeld(bench.node(0));
    // Tokens that count for Bob, one of which covers nothing of Alice's.
    List<Session> strangers = strangers(bench, secret.place());
    bench.cutOff(true);
    try {
      Probe probe = new Probe(run, secret.image());
      for (Session stranger : strangers) {
        probe.briefly(stranger, bench.node(0).uri(), secret.place());
        probe.briefly(stranger, bench.node(1).uri(), secret.place());
      }
      for (Blob blob : secret.image().blobs()) {
        probe.blob(strangers.getFirst(), bench.node(0).uri(), own.place(), blob);
      }
      probe.done();
    } finally {
      bench.cutOff(false);
    }
  }

  private List<Session> strangers(AccessBench bench, Place place) {
    Session bob =
        switch (scheme) {
          case BASIC -> Session.showing(User.BOB.basic());
          case TOKEN ->
              Session.showing(
                  "Bearer "
                      + bench.realm.issue(
                          Optional.of(User.BOB), scheme.registry(), List.of(place.repository())));
        };
    return List.of(bob, Session.of(User.BOB), Session.ofNobody());
  }

  void afterRestart(AccessBench bench, CaseRun run) throws Exception {
    Private secret = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.alone(run.workspace(), plan -> plan);
    secret.pull(run, node);
    secret.awaitHeld(node);
    node.tarn().terminate();
    node.tarn().startAgain();

    Probe probe = new Probe(run, secret.image());
    probe.everything(Session.of(User.BOB), node.uri(), secret.place());
    probe.everything(Session.ofNobody(), node.uri(), secret.place());
    node.cutOff(true);
    for (Session stranger : strangers(bench, secret.place())) {
      probe.briefly(stranger, node.uri(), secret.place());
    }
    probe.done();
  }

  void sharedLayer(AccessBench bench, CaseRun run) throws Exception {
    Layer shared = bench.layer(300);
    Layer only = bench.layer(50);
    Private hers = Private.push(bench, scheme, User.ALICE, bench.image(List.of(shared, only)));
    Private his =
        Private.push(bench, scheme, User.BOB, bench.image(List.of(shared, bench.layer(40))));
    Mirror node = bench.node(0);
    hers.pull(run, node);
    hers.awaitHeld(node);
    node.upstream(scheme).forget();

    his.pull(run, node);

    run.checkEquals(
        "bytes of the shared layer that came again",
        0,
        node.upstream(scheme).bytes(shared.blob().digest()));
    for (Mirror each : bench.nodes()) {
      his.pull(run, each);
      Probe probe = new Probe(run, hers.image());
      probe.everything(Session.of(User.BOB), each.uri(), hers.place());
      probe.blob(Session.of(User.BOB), each.uri(), his.place(), only.blob());
      probe.blob(Session.of(User.BOB), each.uri(), his.place(), hers.image().config());
      probe.done();
    }
  }

  /** Asked for in the very moment in which the owner's manifest arrives, time and again. */
  void race(AccessBench bench, CaseRun run) throws Exception {
    String other = scheme == Scheme.BASIC ? User.BOB.basic() : bobsToken(bench);
    for (int round = 0; round < 6; round++) {
      Private secret = Private.push(bench, scheme, User.ALICE);
      Mirror node = bench.node(round % AccessBench.NODES);
      Probe probe = new Probe(run, secret.image());
      CompletableFuture<Pull.Result> pull =
          Threads.meanwhile(() -> Pull.by(User.ALICE, node.uri(), secret.place()).run(Private.TAG));
      do {
        probe.nothing(
            secret.place(),
            Session.showing(other)
                .get(node.uri(), secret.place().manifest(secret.image().manifest().digest())));
        probe.blob(Session.showing(other), node.uri(), secret.place(), secret.image().config());
      } while (!pull.isDone());
      probe.done();
      run.check(pull.get(1, TimeUnit.SECONDS).complete(), "the owner's pull failed");
    }
  }

  private String bobsToken(AccessBench bench) {
    return "Bearer "
        + bench.realm.issue(Optional.of(User.BOB), scheme.registry(), List.of("bob/any"));
  }
}
