package dev.tarn.e2e.access;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.Metrics;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Real containerd pulls through CRI, with pull secrets and without, as a kubelet has it do. */
final class ContainerdCases {
  private static final Duration VERIFY_LIMIT = Duration.ofSeconds(30);

  private final Scheme scheme;
  private final Flavour flavour;

  ContainerdCases(Scheme scheme, Flavour flavour) {
    this.scheme = scheme;
    this.flavour = flavour;
  }

  /** A containerd of the bench's with a node as its mirror, and its own way to the registry. */
  private record Client(Containerd containerd, Relay direct) {
    Child.Finished pull(Private image, Optional<User> user) {
      return containerd.tryPull(image.place().reference(Private.TAG), user.map(User::credential));
    }

    /** The owner's, who must get all of it by way of the mirror alone. */
    void pullAsOwner(CaseRun run, Private image) {
      pull(image, Optional.of(image.owner())).orFail();
      containerd.verify(image.image());
      run.check(
          direct.traffic().requests() == 0, "containerd went past Tarn:\n" + direct.traffic());
    }
  }

  private Client client(AccessBench bench, CaseRun run, int number, Mirror node) throws Exception {
    Containerd containerd = bench.containerd(flavour, number);
    Relay direct = bench.way(run.workspace(), scheme);
    containerd.mirror(scheme.registry(), node.uri(), direct.uri());
    return new Client(containerd, direct);
  }

  void cold(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.node(0);
    node.upstream(scheme).forget();

    client(bench, run, 0, node).pullAsOwner(run, mine);

    for (Blob blob : mine.image().blobs()) {
      run.checkEquals("GETs of " + blob.digest(), 1, node.upstream(scheme).gets(blob.digest()));
    }
  }

  void warm(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.node(0);
    mine.pull(run, node);
    mine.awaitHeld(node);
    node.upstream(scheme).forget();

    client(bench, run, 0, node).pullAsOwner(run, mine);

    run.checkEquals(
        "GETs upstream for content",
        0,
        node.upstream(scheme).count(e -> e.method().equals("GET") && (e.blob() || e.manifest())));
    // Not the anonymous tokens that Tarn gets for what comes without a credential.
    List<String> own =
        scheme == Scheme.BASIC
            ? List.of(User.ALICE.basic())
            : bench.realm.tokensOf(User.ALICE).stream().map(token -> "Bearer " + token).toList();
    List<String> shown =
        node.upstream(scheme).all().stream()
            .flatMap(e -> e.header("Authorization").stream())
            .filter(own::contains)
            .toList();
    run.check(!shown.isEmpty(), "the registry was not shown whose pull it is");
    run.figure("requests_with_credential", shown.size());
    for (String credential : shown) {
      run.checkBetween(
          "requests upstream with one credential",
          1,
          scheme == Scheme.TOKEN ? 1 : 2,
          shown.stream().filter(credential::equals).count());
    }
  }

  void fromPeer(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    mine.pull(run, bench.node(0));
    mine.awaitHeld(bench.node(0));
    Mirror other = bench.node(1);
    other.upstream(scheme).forget();

    client(bench, run, 0, other).pullAsOwner(run, mine);

    run.checkEquals("bytes of blobs from upstream", 0, other.fetched(scheme, mine.image()));
  }

  void afterRestart(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.alone(run.workspace(), plan -> plan);
    mine.pull(run, node);
    mine.awaitHeld(node);
    node.tarn().terminate();
    node.tarn().startAgain();
    node.upstream(scheme).forget();

    client(bench, run, 0, node).pullAsOwner(run, mine);

    run.checkEquals("bytes of blobs from upstream", 0, node.fetched(scheme, mine.image()));
  }

  void otherUser(AccessBench bench, CaseRun run) throws Exception {
    refused(bench, run, Optional.of(User.BOB));
  }

  void nobody(AccessBench bench, CaseRun run) throws Exception {
    refused(bench, run, Optional.empty());
  }

  /** Somebody else's pull fails, and leaves nothing of the image that is cached at the node. */
  private void refused(AccessBench bench, CaseRun run, Optional<User> user) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.node(0);
    mine.pull(run, node);
    mine.awaitHeld(node);
    node.upstream(scheme).forget();
    Client client = client(bench, run, 1, node);

    Child.Finished pull = client.pull(mine, user);

    run.check(pull.status() != 0, "a pull succeeded that must not: " + pull.output());
    List<Blob> all = new ArrayList<>(mine.image().blobs());
    all.add(mine.image().manifest());
    run.check(!client.containerd().hasAnyOf(all), "containerd got some of the image");
    run.check(
        node.upstream(scheme).requests() > 0 && client.direct().traffic().requests() > 0,
        "containerd asked neither Tarn nor the registry: " + pull.output());
  }

  /** A containerd that has the image still asks, as imagePullPolicy Always makes it. */
  void presentAlready(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Client client = client(bench, run, 0, bench.node(0));
    client.pullAsOwner(run, mine);

    Child.Finished pull = client.pull(mine, Optional.of(User.BOB));

    run.check(pull.status() != 0, "a pull succeeded that must not: " + pull.output());
  }

  /** A node's Tarn reads containerd's store, too, which has what somebody pulled without Tarn. */
  void heldByContainerd(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Containerd containerd = bench.containerd(flavour, 0);
    Relay direct = bench.way(run.workspace(), scheme);
    containerd.mirror(scheme.registry(), direct.uri(), direct.uri());
    containerd
        .tryPull(mine.place().reference(Private.TAG), Optional.of(User.ALICE.credential()))
        .orFail();
    Mirror node =
        bench.alone(
            run.workspace(),
            plan ->
                plan.withSection(
                    "containerd:\n  contentStore: " + containerd.contentStore() + "\n"));
    Await.until(
        "what containerd holds is verified",
        VERIFY_LIMIT,
        () -> {
          Metrics metrics = node.tarn().metrics();
          double held = metrics.sum("tarn_containerd_blobs");
          return held > 0 && held == metrics.sum("tarn_containerd_verified_blobs");
        });

    Probe probe = new Probe(run, mine.image());
    probe.everything(Session.of(User.BOB), node.uri(), mine.place());
    probe.everything(Session.ofNobody(), node.uri(), mine.place());
    probe.done();
    mine.pull(run, node);
    // Nobody knows which registry it came from, so this one has to deliver it once.
    long all = mine.image().blobs().stream().mapToLong(Blob::size).sum();
    run.checkBetween(
        "bytes of blobs from upstream", all, 2 * all, node.fetched(scheme, mine.image()));
  }
}
