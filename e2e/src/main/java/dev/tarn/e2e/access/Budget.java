package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Counts what a warm image of many layers costs upstream, all of them asked for at once. */
final class Budget {
  private static final int LAYERS = 12;
  private static final Duration DECISION = Duration.ofSeconds(3);

  private Budget() {}

  static void check(AccessBench bench, CaseRun run, Scheme scheme) throws Exception {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < LAYERS; i++) {
      layers.add(bench.layer(20));
    }
    Private image = Private.push(bench, scheme, User.ALICE, bench.image(layers));
    Mirror node =
        bench.alone(run.workspace(), plan -> plan.withTimes(DECISION, Duration.ofHours(1)));
    image.pull(run, node);
    image.awaitHeld(node);
    if (scheme == Scheme.BASIC) {
      TimeUnit.MILLISECONDS.sleep(DECISION.toMillis() + 300);
    }
    Session fresh = Session.showing(credential(bench, scheme, image));
    node.upstream(scheme).forget();

    List<CompletableFuture<Session.Got>> gets = new ArrayList<>();
    for (Blob blob : image.image().blobs()) {
      gets.add(Threads.meanwhile(() -> fresh.get(node.uri(), image.place().blob(blob.digest()))));
    }
    for (CompletableFuture<Session.Got> get : gets) {
      run.checkEquals("status of a blob", 200, get.get(20, TimeUnit.SECONDS).status());
    }

    List<Exchange> asked = node.upstream(scheme).all();
    run.checkEquals("requests upstream for " + gets.size() + " blobs", 1, asked.size());
    run.check(asked.getFirst().method().equals("HEAD"), "it was asked by " + asked.getFirst());
  }

  private static String credential(AccessBench bench, Scheme scheme, Private image) {
    return switch (scheme) {
      case BASIC -> image.owner().basic();
      case TOKEN ->
          "Bearer "
              + bench.realm.issue(
                  Optional.of(image.owner()),
                  scheme.registry(),
                  List.of(image.place().repository()));
    };
  }
}
