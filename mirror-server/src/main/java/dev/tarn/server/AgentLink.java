package dev.tarn.server;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.server.agent.AgentDesk;
import dev.tarn.server.agent.Canaries;
import dev.tarn.server.agent.FoundUpstreams;
import dev.tarn.server.agent.Seen;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ListenAddress;
import dev.tarn.server.metrics.AgentFigures;
import dev.tarn.server.registry.AgentRequests;
import dev.tarn.server.upstream.Reach;
import dev.tarn.server.upstream.RegistryUpstream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What of a node has to do with the containerd-config-agent beside it, where there is one. */
final class AgentLink {
  private static final int PSEUDONYM_BYTES = 12;
  private static final String VERDICT = "containerd_config_agent_verdict{verdict=\"";

  private final Set<RegistryHost> registries;
  private final AgentDesk desk;
  private final FoundUpstreams upstreams;
  private final AgentRequests requests;

  /**
   * Follows what the agent found before, and is ready to hear it.
   *
   * @param directory what the two share
   * @param open the registries whose upstreams the configuration leaves open
   * @param ready whether the node serves
   */
  AgentLink(
      Path directory,
      Configuration configuration,
      Map<RegistryHost, RegistryUpstream> open,
      BooleanSupplier ready,
      NodeEvents events) {
    ListenAddress listen = configuration.registry().listen();
    this.registries = configuration.registries().keySet();
    String pseudonym = pseudonym();
    Seen seen = new Seen(registries);
    Canaries canaries = new Canaries();
    this.upstreams =
        new FoundUpstreams(
            directory,
            registries,
            open,
            new Reach.BeyondTheMirror(listen.port(), pseudonym),
            System::nanoTime,
            events::fetchedFrom);
    this.desk = new AgentDesk(directory, seen, canaries, ready, upstreams::look, System::nanoTime);
    this.requests = new AgentRequests(desk, seen, canaries, hostOf(listen), pseudonym);
    upstreams.look();
  }

  private static String pseudonym() {
    byte[] random = new byte[PSEUDONYM_BYTES];
    new SecureRandom().nextBytes(random);
    return "tarn-" + HexFormat.of().formatHex(random);
  }

  private static String hostOf(ListenAddress listen) {
    InetAddress address = listen.toSocketAddress().getAddress();
    if (address != null && address.isAnyLocalAddress()) {
      return "";
    }
    return listen.host().indexOf(':') < 0 ? listen.host() : "[" + listen.host() + "]";
  }

  /** For the registry endpoint. */
  AgentRequests requests() {
    return requests;
  }

  /**
   * Follows what the agent found since; done at each report, and now and then, for an agent that is
   * gone. Blocks for as long as the disk takes.
   */
  void look() {
    upstreams.look();
  }

  /** What the agent says of itself, to be shown as it is. */
  String exposition() {
    return desk.metrics();
  }

  /** The same as families of OpenMetrics. */
  String openMetrics() {
    return desk.openMetrics();
  }

  /** What it says of whether containerd comes here; empty where it says nothing lately. */
  Optional<String> verdict() {
    return desk.metrics()
        .lines()
        .filter(line -> line.startsWith(VERDICT) && line.endsWith(" 1"))
        .map(line -> line.substring(VERDICT.length(), line.indexOf('"', VERDICT.length())))
        .findFirst();
  }

  AgentFigures figures() {
    return new AgentFigures(
        desk.age().toSeconds(),
        desk.entries(),
        desk.heard(),
        desk.refused(),
        desk.malformed(),
        upstreams.count(),
        upstreams.failures(),
        leftOut());
  }

  private Set<Optional<RegistryHost>> leftOut() {
    Set<Optional<RegistryHost>> left = new HashSet<>();
    for (RegistryHost registry : registries) {
      if (upstreams.leavesOut(registry)) {
        left.add(Optional.of(registry));
      }
    }
    if (upstreams.hasStrangers()) {
      left.add(Optional.empty());
    }
    return left;
  }

  /** The agent is told from now on to lead containerd elsewhere. */
  void drain() {
    desk.drain();
  }

  /** Waits for that, if there is an agent to be waited for. */
  void awaitWithdrawal(Duration limit) {
    desk.awaitWithdrawal(limit);
  }
}
