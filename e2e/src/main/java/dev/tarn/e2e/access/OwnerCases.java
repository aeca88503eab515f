package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.run.CaseRun;
import java.util.List;

/** What somebody with a right gets, while registries answer. */
final class OwnerCases {
  private final Scheme scheme;

  OwnerCases(Scheme scheme) {
    this.scheme = scheme;
  }

  void cold(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.node(0);
    node.upstream(scheme).forget();

    mine.pull(run, node);

    for (Blob blob : mine.image().blobs()) {
      run.checkEquals("GETs of " + blob.digest(), 1, node.upstream(scheme).gets(blob.digest()));
      run.checkEquals(
          "bytes of " + blob.digest(), blob.size(), node.upstream(scheme).bytes(blob.digest()));
    }
  }

  void warm(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    Mirror node = bench.node(0);
    mine.pull(run, node);
    node.upstream(scheme).forget();

    Pull.Result second = mine.pull(run, node);

    List<Exchange> asked = node.upstream(scheme).all();
    run.checkEquals(
        "requests upstream for blobs", 0, asked.stream().filter(Exchange::blob).count());
    run.checkEquals(
        "GETs upstream with a credential",
        0,
        asked.stream()
            .filter(e -> e.method().equals("GET") && e.header("Authorization").isPresent())
            .count());
    for (String credential : second.shown().stream().distinct().toList()) {
      long heads =
          asked.stream()
              .filter(e -> e.header("Authorization").filter(credential::equals).isPresent())
              .count();
      run.checkBetween(
          "requests upstream with one credential", 0, scheme == Scheme.TOKEN ? 1 : 2, heads);
      run.figure("requests_upstream", asked.size());
    }
  }

  void asksOnce(AccessBench bench, CaseRun run) throws Exception {
    Budget.check(bench, run, scheme);
  }

  void fromPeer(AccessBench bench, CaseRun run) throws Exception {
    Private mine = Private.push(bench, scheme, User.ALICE);
    mine.pull(run, bench.node(0));
    mine.awaitHeld(bench.node(0));
    Mirror other = bench.node(1);
    other.upstream(scheme).forget();

    mine.pull(run, other);

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

    mine.pull(run, node);

    run.checkEquals("bytes of blobs from upstream", 0, node.fetched(scheme, mine.image()));
  }
}
