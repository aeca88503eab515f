package dev.tarn.e2e.access;

import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;

/** A configured registry claims to hold another's private content, and lets everybody in. */
final class LiarCases {
  private final Scheme scheme;

  LiarCases(Scheme scheme) {
    this.scheme = scheme;
  }

  /** Alice's image is at rest at the first node, and the liar says that it has it. */
  private Private claimed(AccessBench bench, CaseRun run, String tag) throws Exception {
    Private secret = Private.push(bench, scheme, User.ALICE);
    secret.pull(run, bench.node(0));
    secret.awaitHeld(bench.node(0));
    bench.liar.claim(tag, secret.image());
    return secret;
  }

  /** Whatever is answered has nothing of the image in it; and the liar was really asked. */
  private static void nothing(
      AccessBench bench, CaseRun run, Private secret, Mirror node, String... targets)
      throws IOException {
    Probe probe = new Probe(run, secret.image());
    Place place = new Place(Liar.REGISTRY, "bob/claims");
    int before = bench.liar.seen().size();
    for (String target : targets) {
      probe.noBytes(place, Session.ofNobody().get(node.uri(), target));
    }
    run.check(bench.liar.seen().size() > before, "the lying registry was not asked");
    probe.done();
  }

  private static String[] blobs(Private secret) {
    Place place = new Place(Liar.REGISTRY, "bob/claims");
    return secret.image().blobs().stream()
        .map(Blob::digest)
        .map(place::blob)
        .toArray(String[]::new);
  }

  void blobs(AccessBench bench, CaseRun run) throws Exception {
    Private secret = claimed(bench, run, "claim-blobs-" + scheme);
    nothing(bench, run, secret, bench.node(0), blobs(secret));
  }

  void blobsAtOtherNode(AccessBench bench, CaseRun run) throws Exception {
    Private secret = claimed(bench, run, "claim-peers-" + scheme);
    nothing(bench, run, secret, bench.node(1), blobs(secret));
  }

  void manifest(AccessBench bench, CaseRun run) throws Exception {
    Private secret = claimed(bench, run, "claim-digest-" + scheme);
    Place place = new Place(Liar.REGISTRY, "bob/claims");
    String digest = secret.image().manifest().digest();
    nothing(bench, run, secret, bench.node(0), place.manifest(digest), place.blob(digest));
  }

  void manifestByTag(AccessBench bench, CaseRun run) throws Exception {
    String tag = "claim-tag-" + scheme;
    Private secret = claimed(bench, run, tag);
    Place place = new Place(Liar.REGISTRY, "bob/claims");
    nothing(bench, run, secret, bench.node(0), place.manifest(tag));
  }
}
