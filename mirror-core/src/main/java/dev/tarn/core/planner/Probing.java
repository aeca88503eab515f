package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One round of questions to the candidates for a chunk, and the choice among those who answered in
 * time: the least loaded first. The planner's thread.
 */
final class Probing {
  private record Offer(String member, Answer.Load load) {}

  private final Kernel kernel;
  private final Predicate<Answer.Load> useful;
  private final BooleanSupplier moving;
  private final Consumer<List<String>> then;
  private final List<Offer> offers = new ArrayList<>();
  private int pending;
  private boolean over;

  /**
   * A round.
   *
   * @param useful whom one could read from
   * @param moving whether one reads from somebody already: then who has all of it is preferred
   * @param then told once whom to read from, best first
   */
  Probing(
      Kernel kernel,
      Predicate<Answer.Load> useful,
      BooleanSupplier moving,
      Consumer<List<String>> then) {
    this.kernel = kernel;
    this.useful = useful;
    this.moving = moving;
    this.then = then;
  }

  void ask(BlobKey key, int chunk, List<String> names, String lessee) {
    pending = names.size();
    for (String name : names) {
      kernel.ask(
          name,
          new Question.Probe(key, chunk, name.equals(lessee)),
          Limits.STALL_NANOS,
          answer -> answered(name, answer));
    }
    kernel.after(
        Limits.PROBE_NANOS,
        () -> {
          if (!offers.isEmpty()) {
            choose();
          }
        });
  }

  private void answered(String name, Answer answer) {
    if (answer instanceof Answer.Load load) {
      offers.add(new Offer(name, load));
    }
    if (--pending == 0) {
      choose();
    }
  }

  private void choose() {
    if (over) {
      return;
    }
    over = true;
    Comparator<Offer> order = Comparator.comparingInt(offer -> offer.load.uploads());
    if (moving.getAsBoolean()) {
      order =
          Comparator.<Offer, Boolean>comparing(offer -> !offer.load.complete())
              .thenComparing(order);
    }
    then.accept(
        offers.stream()
            .filter(offer -> !offer.load.busy() && useful.test(offer.load))
            .sorted(order)
            .map(Offer::member)
            .toList());
  }
}
