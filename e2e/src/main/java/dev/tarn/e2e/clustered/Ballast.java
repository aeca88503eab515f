package dev.tarn.e2e.clustered;

import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Shell;
import dev.tarn.e2e.laptop.Disk;
import dev.tarn.e2e.laptop.Machine;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * What others keep on a node's disk: space that is taken without a byte being written, at the pace
 * of a node that is being filled.
 */
final class Ballast {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(8);

  private final Machine machine;
  private long bytes;

  Ballast(Machine machine) {
    this.machine = machine;
  }

  /** Takes so much, at once, that this share of the disk is used. */
  void fillTo(double share) {
    grow((long) (machine.disk().size() * (share - used(machine))));
  }

  /**
   * Takes more, step by step.
   *
   * @param stepBytes each second
   * @param level the share that is used by all who count
   * @param most when that is enough
   */
  void creep(long stepBytes, DoubleSupplier level, double most) throws Exception {
    Await.until(
        "enough of the disk is used",
        LIMIT,
        STEP,
        () -> {
          boolean enough = level.getAsDouble() >= most;
          if (!enough) {
            grow(stepBytes);
          }
          return enough;
        });
  }

  private void grow(long more) {
    bytes += more;
    if (more < 0) {
      throw new CaseFailed("more is used than was to be: " + used(machine));
    }
    Shell.run("fallocate", "--length", Long.toString(bytes), place());
  }

  private String place() {
    return machine.disk().root().resolve("ballast").toString();
  }

  /** The share of a node's disk that is not free. */
  static double used(Machine machine) {
    Disk disk = machine.disk();
    return 1 - (double) disk.free() / disk.size();
  }
}
