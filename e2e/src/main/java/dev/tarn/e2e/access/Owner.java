package dev.tarn.e2e.access;

import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Alice with an image of hers at a node of the case's own, which she has pulled there once; what
 * she showed then she shows again, where a case wants her to.
 */
final class Owner {
  private static final Duration MARGIN = Duration.ofMillis(300);

  private final CaseRun run;
  final Private image;
  final Mirror node;
  private final long letInNanos;
  private final Pull.Result first;

  private Owner(CaseRun run, Private image, Mirror node, long letInNanos, Pull.Result first) {
    this.run = run;
    this.image = image;
    this.node = node;
    this.letInNanos = letInNanos;
    this.first = first;
  }

  /** Pulls at a node that believes the registry for that long. */
  static Owner pulled(
      AccessBench bench, CaseRun run, Scheme scheme, Duration decision, Duration grace)
      throws Exception {
    Mirror node = bench.alone(run.workspace(), plan -> plan.withTimes(decision, grace));
    Private image = Private.push(bench, scheme, User.ALICE);
    Pull.Result first = image.pull(run, node);
    long letIn = System.nanoTime();
    image.awaitHeld(node);
    return new Owner(run, image, node, letIn, first);
  }

  /** Returns when so much time has passed since the registry last let her in. */
  void waitUntil(Duration sinceLetIn) throws InterruptedException {
    long left = sinceLetIn.plus(MARGIN).toNanos() - (System.nanoTime() - letInNanos);
    TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
  }

  /** A pull that shows what the first one showed. */
  Pull.Result again() throws IOException {
    List<String> shown = first.shown();
    return new Pull(
            node.uri(),
            image.place(),
            Session.showing(shown.getFirst()),
            Session.showing(shown.getLast()))
        .run(Private.TAG);
  }

  /** What the first pull showed when it fetched. */
  Session fetcher() {
    return Session.showing(first.shown().getLast());
  }

  List<String> shown() {
    return first.shown();
  }

  /** A pull with what was shown before works. */
  void pullsAgain() throws IOException {
    Pull.Result again = again();
    run.check(again.complete(), "the pull failed: " + again.problem());
  }

  /** Nothing is given for what was shown before. */
  void getsNothing() throws IOException {
    Pull.Result again = again();
    run.check(!again.complete(), "the pull worked");
    Probe probe = new Probe(run, image.image());
    for (String shown : shown().stream().distinct().toList()) {
      probe.briefly(Session.showing(shown), node.uri(), image.place());
    }
    probe.done();
  }

  /** How many answers with a tag's last digest the node has counted. */
  double stale() {
    return node.tarn().metrics().sum("tarn_stale_answers_total");
  }
}
