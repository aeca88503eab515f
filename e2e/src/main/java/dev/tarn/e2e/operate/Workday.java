package dev.tarn.e2e.operate;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.node.TarnNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/**
 * What nodes pull in the course of time: now one, now another, of what most of them have, and at
 * times all of them something new. The same seed, the same order.
 */
final class Workday {
  private static final int SEED = 9;
  private static final int PAUSE_MILLIS = 1_400;
  private static final int PULLS_BETWEEN_ROLLOUTS = 16;

  private final Fleet fleet;
  private final Random random = new Random(SEED);
  private int known = 1;

  Workday(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Goes on for so long, and until every pull is over; then says how many there were. */
  int go(Duration duration) {
    Instant end = Instant.now().plus(duration);
    List<CompletableFuture<Void>> pulls = new ArrayList<>();
    List<Ship> ships = fleet.ships();
    List<TarnNode> nodes = fleet.nodes();
    for (int number = 1; Instant.now().isBefore(end); number++) {
      if (number % PULLS_BETWEEN_ROLLOUTS == 0 && known < ships.size()) {
        Ship next = ships.get(known++);
        nodes.forEach(node -> pulls.add(next.pulling(node)));
      } else {
        // What is newest is asked for most.
        int old = (int) (Math.pow(random.nextDouble(), 2) * known);
        known = Math.min(ships.size(), known + (random.nextInt(8) == 0 ? 1 : 0));
        pulls.add(ships.get(known - 1 - old).pulling(nodes.get(random.nextInt(nodes.size()))));
      }
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(PAUSE_MILLIS)).toNanos());
    }
    pulls.forEach(Workday::over);
    return pulls.size();
  }

  private static void over(CompletableFuture<Void> pull) {
    try {
      pull.join();
    } catch (CompletionException e) {
      throw new CaseFailed("a pull failed: " + e.getCause());
    }
  }
}
