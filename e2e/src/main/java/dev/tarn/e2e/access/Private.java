package dev.tarn.e2e.access;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.time.Duration;

/** An image of one user's that nobody else may read, under the tag {@code 1}. */
record Private(User owner, Scheme scheme, Place place, Image image) {
  static final String TAG = "1";
  private static final Duration AT_REST_LIMIT = Duration.ofSeconds(20);

  /** A small one that nobody has seen. */
  static Private push(AccessBench bench, Scheme scheme, User owner) {
    return push(bench, scheme, owner, bench.image());
  }

  /** In a repository of its own. */
  static Private push(AccessBench bench, Scheme scheme, User owner, Image image) {
    String repository = bench.repository(owner);
    bench.push(repository, TAG, image);
    return new Private(owner, scheme, Place.of(scheme, repository), image);
  }

  /** Another image under the same tag from now on. */
  Private moved(AccessBench bench) {
    Private next = new Private(owner, scheme, place, bench.image());
    bench.push(place.repository(), TAG, next.image());
    return next;
  }

  /** Its owner pulls it at the node, as they may. */
  Pull.Result pull(CaseRun run, Mirror node) throws IOException {
    Pull.Result result = attempt(node);
    run.check(result.complete(), owner + "'s pull of " + place + " failed: " + result.problem());
    run.check(
        result.digest().equals(image.manifest().digest()),
        owner + " got " + result.digest() + " where the tag names " + image.manifest().digest());
    return result;
  }

  /** Its owner tries. */
  Pull.Result attempt(Mirror node) throws IOException {
    try {
      return Pull.by(owner, node.uri(), place).run(TAG);
    } catch (Session.NoTokenException e) {
      throw new CaseFailed("no token: " + e.getMessage());
    }
  }

  /** Returns when the node holds all of it at rest. */
  void awaitHeld(Mirror node) throws Exception {
    Await.until("the node holds the image", AT_REST_LIMIT, () -> node.holds(image));
  }
}
