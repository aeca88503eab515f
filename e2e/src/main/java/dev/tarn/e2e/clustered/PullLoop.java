package dev.tarn.e2e.clustered;

import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.process.Child;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One pull after another on a node, each of an image that it does not have, until told to end. */
final class PullLoop implements AutoCloseable {
  private final Machine machine;
  private final Supplier<Shipments.Shipment> shipments;
  private final List<String> failures = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;
  private int pulls;
  private double slowestSeconds;

  private PullLoop(Machine machine, Supplier<Shipments.Shipment> shipments) {
    this.machine = machine;
    this.shipments = shipments;
    this.thread = Thread.ofPlatform().name("pulls-" + machine.name()).daemon().unstarted(this::run);
  }

  static PullLoop start(Machine machine, Supplier<Shipments.Shipment> shipments) {
    PullLoop loop = new PullLoop(machine, shipments);
    loop.thread.start();
    return loop;
  }

  private void run() {
    while (!over) {
      long start = System.nanoTime();
      String failure = "";
      try {
        Child.Finished pulled = shipments.get().tryPull(machine);
        failure = pulled.status() == 0 ? "" : machine.name() + ": " + pulled.output().strip();
      } catch (RuntimeException broken) {
        failure = machine.name() + ": " + broken;
      }
      note(failure, (System.nanoTime() - start) / 1e9);
    }
  }

  private synchronized void note(String failure, double seconds) {
    pulls++;
    slowestSeconds = Math.max(slowestSeconds, seconds);
    if (!failure.isEmpty()) {
      failures.add(failure);
    }
  }

  synchronized int pulls() {
    return pulls;
  }

  synchronized double slowestSeconds() {
    return slowestSeconds;
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /** Ends after the pull that is under way. */
  @Override
  public void close() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
