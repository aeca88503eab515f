package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.laptop.MachinePlan;
import dev.tarn.e2e.run.CaseRun;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node that joins in the middle of a case, and is gone after it. Ask for it before anything else,
 * so that what a case has on it ends while its kubelet is there.
 */
final class LateNode {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final LaptopCluster cluster;
  private @Nullable CompletableFuture<Machine> joining;
  private String name = "";

  private LateNode(LaptopCluster cluster) {
    this.cluster = cluster;
  }

  static LateNode of(CaseRun run, LaptopCluster cluster) {
    LateNode late = new LateNode(cluster);
    run.workspace().own(late::leave);
    return late;
  }

  /** Begins to join, by another thread. */
  void start(MachinePlan plan) {
    CompletableFuture<Machine> outcome = new CompletableFuture<>();
    joining = outcome;
    name = plan.name();
    Thread.ofPlatform()
        .daemon()
        .name("join")
        .start(
            () -> {
              try {
                outcome.complete(cluster.join(plan));
              } catch (Exception failed) {
                outcome.completeExceptionally(failed);
              }
            });
  }

  /** Waits until it is a node that is ready. */
  Machine await() throws Exception {
    CompletableFuture<Machine> started = joining;
    if (started == null) {
      throw new IllegalStateException("it was not told to join");
    }
    return started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  Machine join(MachinePlan plan) throws Exception {
    start(plan);
    return await();
  }

  /** Also where it did not become ready. */
  private void leave() throws Exception {
    try {
      if (joining != null) {
        var _ = await();
      }
    } finally {
      for (Machine machine : cluster.machines()) {
        if (machine.name().equals(name)) {
          cluster.leave(machine);
        }
      }
    }
  }
}
