package dev.tarn.server;

import dev.tarn.core.placement.Member;
import dev.tarn.server.config.NodeName;
import dev.tarn.server.config.PeersConfiguration;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.DnsSource;
import dev.tarn.server.membership.LocalNode;
import dev.tarn.server.membership.MemberSource;
import dev.tarn.server.membership.RememberingSource;
import dev.tarn.server.membership.Schedule;
import dev.tarn.server.membership.StaticSource;
import dev.tarn.server.membership.kubernetes.EndpointSliceSource;
import dev.tarn.server.membership.kubernetes.InCluster;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.net.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Puts a node's membership together from its configuration. Runs on the thread that starts it. */
final class Peers {
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final PeersConfiguration configuration;
  private final Map<String, String> environment;
  private final Transport transport;
  private final Executor workers;
  private final Path memory;
  private final Schedule schedule;

  /**
   * Starts nothing.
   *
   * @param environment for the host's name, and what Kubernetes tells a pod
   * @param memory the file that keeps the members across restarts
   */
  Peers(
      PeersConfiguration configuration,
      Map<String, String> environment,
      Path memory,
      Transport transport,
      Executor workers,
      ScheduledExecutorService timer) {
    this.configuration = configuration;
    this.environment = environment;
    this.memory = memory;
    this.transport = transport;
    this.workers = workers;
    this.schedule =
        (delay, task) -> {
          try {
            timer.schedule(() -> workers.execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
          } catch (RejectedExecutionException _) {
            // The node is closing.
          }
        };
  }

  /** A membership that is yet to be started; empty where this node is to be alone. */
  Optional<ClusterMembership> membership(Metrics metrics) {
    return source().map(source -> membership(source, metrics));
  }

  private ClusterMembership membership(MemberSource source, Metrics metrics) {
    ClusterMembership membership = new ClusterMembership(source, localNode(), System::nanoTime);
    membership.listen(new MembershipEvents(membership, metrics.membership(membership::age)));
    return membership;
  }

  private Optional<MemberSource> source() {
    int port = configuration.listen().port();
    return switch (configuration.mode()) {
      case NONE -> Optional.empty();
      case STATIC -> Optional.of(new StaticSource(members()));
      case DNS ->
          remembering(
              new DnsSource(
                  new DnsSource.Query(configuration.dnsName(), port, configuration.dnsPeriod()),
                  DnsSource.Lookup.SYSTEM,
                  schedule,
                  RANDOM,
                  System::nanoTime));
      case KUBERNETES ->
          remembering(
              new EndpointSliceSource(
                  EndpointSliceSource.Settings.of(
                      configuration.namespace(), configuration.service(), port),
                  () ->
                      InCluster.ofThisPod(
                          environment, configuration.serviceAccount(), configuration.apiServer()),
                  transport,
                  schedule,
                  workers,
                  RANDOM,
                  System::nanoTime));
    };
  }

  private Optional<MemberSource> remembering(MemberSource source) {
    return Optional.of(new RememberingSource(source, memory, schedule));
  }

  private List<Member> members() {
    return configuration.members().stream()
        .map(peer -> new Member(peer.node(), peer.zone(), peer.address().toString(), true))
        .toList();
  }

  private LocalNode localNode() {
    return new LocalNode(
        NodeName.of(configuration, environment),
        configuration.zone(),
        configuration.listen().port(),
        LocalNode.machineAddresses());
  }
}
