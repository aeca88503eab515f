package dev.tarn.e2e.clustered;

import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.run.CaseRun;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Images of a case that are pulled on nodes as kubelets pull them, without pods; nodes forget them
 * when the case is over. Safe for several threads.
 */
final class Shipments {
  private final Cargo cargo;
  private final String repository;
  private final AtomicInteger pulls = new AtomicInteger();
  private int number;

  private Shipments(Cargo cargo, String repository) {
    this.cargo = cargo;
    this.repository = repository;
  }

  static Shipments in(LaptopCluster cluster, CaseRun run) {
    String repository =
        "shipments-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 28));
    run.workspace()
        .own(
            () -> {
              for (Machine machine : cluster.machines()) {
                machine.dropImages(reference -> reference.contains(repository));
              }
            });
    return new Shipments(Cargo.in(run.workspace(), cluster.upstream()), repository);
  }

  /** An image that no node has, of about that many bytes. */
  synchronized Shipment push(long bytes) {
    Image image = cargo.waiting(cargo.layer(bytes));
    return new Shipment(image, cargo.push(repository, Integer.toString(++number), image));
  }

  /** How many of them a node has. */
  long on(Machine machine) {
    return machine
        .crictl("images")
        .orFail()
        .output()
        .lines()
        .filter(line -> line.contains(repository))
        .count();
  }

  /** How many pulls there were. */
  int pulls() {
    return pulls.get();
  }

  /** One of them. */
  final class Shipment {
    private final Image image;
    private final String reference;

    private Shipment(Image image, String reference) {
      this.image = image;
      this.reference = reference;
    }

    Image image() {
      return image;
    }

    /** Pulls it, which must succeed. */
    void pull(Machine machine) {
      tryPull(machine).orFail();
    }

    Child.Finished tryPull(Machine machine) {
      pulls.incrementAndGet();
      return machine.crictl("pull", reference);
    }

    /** The node forgets it, but for what its Tarn keeps. */
    void drop(Machine machine) throws Exception {
      machine.dropImages(reference::equals);
    }
  }
}
