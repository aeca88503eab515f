package dev.tarn.e2e.chaos;

import dev.tarn.e2e.cluster.Certificates.Validity;
import dev.tarn.e2e.cluster.ClusterNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Makes things go wrong by a schedule, and right again, on one thread of its own: nobody else gives
 * nodes commands meanwhile.
 */
final class Injector implements AutoCloseable {
  private static final int FILL_STEP_BYTES = 1024 * 1024;
  private static final long END_LIMIT_SECONDS = 60;

  private final ChaosCluster cluster;
  private final Timeline timeline;
  private final Corruption corruption;
  private final Supplier<Set<Integer>> homes;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("injector").factory());

  /**
   * Makes one that does nothing yet.
   *
   * @param homes tells the homes of what is being pulled
   */
  Injector(
      ChaosCluster cluster,
      Timeline timeline,
      Corruption corruption,
      Supplier<Set<Integer>> homes) {
    this.cluster = cluster;
    this.timeline = timeline;
    this.corruption = corruption;
    this.homes = homes;
  }

  /** From now on everything happens at its time. */
  void follow(Schedule schedule) {
    for (Schedule.Happening happening : schedule.happenings()) {
      AtomicInteger number = new AtomicInteger();
      thread.schedule(
          () -> number.set(begin(happening.fault())),
          happening.fromMillis(),
          TimeUnit.MILLISECONDS);
      thread.schedule(
          () -> {
            attempt(happening.fault(), () -> end(happening.fault()));
            timeline.ends(number.get());
          },
          happening.untilMillis(),
          TimeUnit.MILLISECONDS);
    }
    thread.scheduleWithFixedDelay(this::watch, 1, 1, TimeUnit.SECONDS);
  }

  private int begin(Fault fault) {
    List<Integer> struck =
        fault instanceof Fault.RestartHomes ? List.copyOf(homes.get()) : fault.struck();
    int number = timeline.begins(fault, struck);
    attempt(fault, () -> begin(fault, struck));
    return number;
  }

  /** What the injector does; where it fails, the harness is what is broken. */
  @FunctionalInterface
  private interface Deed {
    void run() throws Exception;
  }

  private void attempt(Fault fault, Deed deed) {
    try {
      deed.run();
    } catch (Exception broken) {
      timeline.violation("the harness failed at " + fault + ": " + broken);
    }
  }

  private void begin(Fault fault, List<Integer> struck) throws Exception {
    switch (fault) {
      case Fault.Kill kill -> node(kill.node()).kill();
      case Fault.Freeze freeze -> node(freeze.node()).pause(true);
      case Fault.Partition partition -> part(partition.nodes(), true);
      case Fault.Unplug unplug -> node(unplug.node()).site().cut(true);
      case Fault.Slow slow -> node(slow.node()).site().limit(ChaosCluster.SLOW_LINK);
      case Fault.FullDisk full -> fill(node(full.node()));
      case Fault.Corrupt corrupt -> corruption.strike(node(corrupt.node()));
      case Fault.RenewCertificate renew -> cluster.issue(renew.node(), Validity.now());
      case Fault.ExpireCertificate expire -> cluster.issue(expire.node(), Validity.over());
      case Fault.ClockJump jump -> cluster.clock(jump.node()).set(jump.seconds());
      case Fault.LeaveMembership leave ->
          cluster.api.list(
              node(leave.node()).site(),
              leave.onlyUnready() ? ApiServer.State.NOT_READY : ApiServer.State.ABSENT);
      case Fault.ApiServerDown _ -> cluster.api.down();
      case Fault.RestartHomes _ -> restart(struck);
      case Fault.UpstreamDown _ -> cluster.upstream.down(true);
      case Fault.ExpireTokens _ -> cluster.realm.forget();
    }
  }

  private void end(Fault fault) throws Exception {
    switch (fault) {
      case Fault.Kill kill -> node(kill.node()).restart();
      case Fault.Freeze freeze -> node(freeze.node()).pause(false);
      case Fault.Partition partition -> part(partition.nodes(), false);
      case Fault.Unplug unplug -> node(unplug.node()).site().cut(false);
      case Fault.Slow slow -> node(slow.node()).site().limit(ChaosCluster.LINK);
      case Fault.FullDisk full -> Files.deleteIfExists(filler(node(full.node())));
      case Fault.ExpireCertificate expire -> cluster.issue(expire.node(), Validity.now());
      case Fault.ClockJump jump -> cluster.clock(jump.node()).set(0);
      case Fault.LeaveMembership leave ->
          cluster.api.list(node(leave.node()).site(), ApiServer.State.READY);
      case Fault.ApiServerDown _ -> cluster.api.up();
      case Fault.UpstreamDown _ -> cluster.upstream.down(false);
      case Fault.Corrupt _,
          Fault.RenewCertificate _,
          Fault.RestartHomes _,
          Fault.ExpireTokens _ -> {}
    }
  }

  private ClusterNode node(int number) {
    return cluster.nodes.get(number);
  }

  private void part(List<Integer> some, boolean isParted) {
    for (int number = 0; number < cluster.nodes.size(); number++) {
      if (!some.contains(number)) {
        for (int other : some) {
          node(number).site().ignore(node(other).site(), isParted);
          node(other).site().ignore(node(number).site(), isParted);
        }
      }
    }
  }

  private void restart(List<Integer> struck) {
    struck.stream().map(this::node).filter(n -> n.process().alive()).forEach(ClusterNode::kill);
    for (int number : struck) {
      if (timeline.lasting(Fault.Kill.class, number)) {
        continue;
      }
      node(number).restart();
    }
  }

  private static Path filler(ClusterNode node) {
    return node.disk().resolve("filler");
  }

  private static void fill(ClusterNode node) throws IOException {
    byte[] step = new byte[FILL_STEP_BYTES];
    try (OutputStream out = Files.newOutputStream(filler(node))) {
      while (Files.getFileStore(node.disk()).getUsableSpace() > 0) {
        out.write(step);
      }
    } catch (IOException full) {
      // So it was meant.
      return;
    }
  }

  /** Starts again what ended by itself, as the kubelet would, and holds it against it. */
  private void watch() {
    for (int number = 0; number < cluster.nodes.size(); number++) {
      ClusterNode node = node(number);
      if (!node.process().alive() && !timeline.lasting(Fault.Kill.class, number)) {
        timeline.violation(node.name() + " ended by itself; " + node.process().tail());
        node.restart();
      }
    }
  }

  /** Returns when everything is right again; nothing goes wrong any more. */
  void finish() throws InterruptedException {
    thread.shutdown();
    if (!thread.awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      timeline.violation("the harness did not end its faults");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
