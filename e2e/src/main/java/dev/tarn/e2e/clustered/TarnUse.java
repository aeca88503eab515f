package dev.tarn.e2e.clustered;

import dev.tarn.e2e.bench.ProcessUse;
import dev.tarn.e2e.laptop.LaptopCluster;
import dev.tarn.e2e.laptop.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The processor time of Tarn's containers on all nodes, and their memory at its peak, watched from
 * its start until it is closed.
 */
final class TarnUse implements AutoCloseable {
  private static final long PAUSE_NANOS = 500_000_000;

  /** The containers of a node's pod: server and agent. */
  private static final List<String> CONTAINERS = List.of("tarn", "agent");

  private final List<Watched> watched;
  private final double cpuBefore;
  private final AtomicBoolean over = new AtomicBoolean();
  private final Thread sampler;

  private TarnUse(List<Watched> watched) {
    this.watched = watched;
    this.cpuBefore = cpuSeconds(watched);
    this.sampler = Thread.ofPlatform().daemon().name("tarn-use").start(this::sample);
  }

  /** A container's first process, and the most memory it was seen with. */
  private static final class Watched {
    private final String container;
    private final ProcessUse use;
    private ProcessUse.Memory most;

    Watched(String container, ProcessUse use) {
      this.container = container;
      this.use = use;
      this.most = use.memory();
    }

    synchronized void look() {
      most = most.highest(use.memory());
    }

    synchronized ProcessUse.Memory most() {
      return most;
    }
  }

  static TarnUse watch(LaptopCluster cluster) {
    List<Watched> watched = new ArrayList<>();
    for (Machine machine : cluster.machines()) {
      for (String container : CONTAINERS) {
        watched.add(new Watched(container, new ProcessUse(pid(machine, container))));
      }
    }
    return new TarnUse(watched);
  }

  private static long pid(Machine machine, String container) {
    String id =
        machine
            .crictl("ps", "--quiet", "--state", "Running", "--name", "^" + container + "$")
            .orFail()
            .output()
            .lines()
            .map(String::strip)
            .filter(line -> line.matches("[0-9a-f]{64}"))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException(container + " runs not on " + machine.name()));
    String pid =
        machine
            .crictl("inspect", "--output", "go-template", "--template", "{{.info.pid}}", id)
            .orFail()
            .output()
            .lines()
            .map(String::strip)
            .filter(line -> line.matches("[0-9]+"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(pid);
  }

  private void sample() {
    while (!over.get()) {
      watched.forEach(Watched::look);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static double cpuSeconds(List<Watched> watched) {
    return watched.stream().mapToDouble(each -> each.use.cpuSeconds()).sum();
  }

  /** The processor time of all of them since the start. */
  double cpuSeconds() {
    return cpuSeconds(watched) - cpuBefore;
  }

  /** The most memory that such a container had on any node. */
  ProcessUse.Memory most(String container) {
    return watched.stream()
        .filter(each -> each.container.equals(container))
        .map(Watched::most)
        .reduce(ProcessUse.Memory::highest)
        .orElseThrow();
  }

  @Override
  public void close() {
    over.set(true);
    LockSupport.unpark(sampler);
    try {
      sampler.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
