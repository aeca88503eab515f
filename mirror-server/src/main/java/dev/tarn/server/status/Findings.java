package dev.tarn.server.status;

import static dev.tarn.server.status.Verdict.ATTENTION;
import static dev.tarn.server.status.Verdict.TROUBLE;

import dev.tarn.server.status.NodeFacts.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What facts of a node mean: the catalogue of what can be wrong. A pure function. */
final class Findings {
  /** A registry may fail once or twice. */
  static final Duration FAILING_FOR = Duration.ofSeconds(30);

  static final Duration AGENT_SILENT_AFTER = Duration.ofMinutes(1);
  static final Duration MEMBERSHIP_STALE_AFTER = Duration.ofMinutes(5);
  static final Duration CERTIFICATE_LEFT = Duration.ofDays(1);

  private static final int MANY_CORRUPT_BLOBS = 3;
  private static final int MANY_AVOIDED = 2;

  /** An image hardly fits. */
  static final long ROOM_FOR_LITTLE_BYTES = 512L << 20;

  private final NodeFacts facts;
  private final List<Finding> found = new ArrayList<>();

  private Findings(NodeFacts facts) {
    this.facts = facts;
  }

  /** What is wrong, the worst first. */
  static List<Finding> of(NodeFacts facts) {
    Findings findings = new Findings(facts);
    if (!facts.ready()) {
      findings.add(
          ATTENTION,
          FindingCode.NOT_READY,
          "",
          "This node is not ready: it is starting, or shutting down.",
          "Wait. Where it stays so, its log says why.");
    }
    facts.registries().forEach(findings::registry);
    findings.store();
    facts.agent().ifPresent(findings::agent);
    facts.members().ifPresent(findings::members);
    findings.handshakes();
    facts.certificateExpires().ifPresent(findings::certificate);
    findings.containerd();
    findings.connections();
    findings.found.sort(Comparator.comparing(Finding::severity).reversed());
    return List.copyOf(findings.found);
  }

  private void add(Verdict severity, FindingCode code, String subject, String text, String fix) {
    found.add(new Finding(severity, code, subject, text, fix));
  }

  private void registry(RegistryFacts registry) {
    String name = registry.name();
    switch (registry.state()) {
      case QUIET, WELL -> {}
      case LIMITED ->
          add(
              ATTENTION,
              FindingCode.UPSTREAM_RATE_LIMITED,
              name,
              name
                  + " limits how much this node may ask"
                  + (registry.remaining().isPresent()
                      ? ": " + registry.remaining().getAsLong() + " requests remain."
                      : "."),
              "Give "
                  + name
                  + " credentials, or set maxAge for its tags, so that it is asked less.");
      case FAILING -> {
        boolean lasting =
            registry
                .failingSince()
                .map(since -> !since.plus(FAILING_FOR).isAfter(facts.time()))
                .orElse(false);
        if (lasting) {
          add(
              TROUBLE,
              FindingCode.UPSTREAM_FAILING,
              name,
              name
                  + " does not answer this node ("
                  + registry.lastFailure().orElse("unknown")
                  + "): what is here is served, what is not cannot be pulled.",
              "See whether the node reaches "
                  + name
                  + ": DNS, firewall, proxy, certificates; the log's upstream_failed names the"
                  + " address and the reason.");
        }
      }
    }
  }

  private void store() {
    boolean squeezed = facts.store().squeezed();
    if (squeezed && facts.store().limitBytes() < ROOM_FOR_LITTLE_BYTES) {
      add(
          TROUBLE,
          FindingCode.DISK_FULL,
          "",
          "The disk is full: what comes is passed on to clients and not kept.",
          "Free space on the file system of store.path, or give Tarn another one.");
    } else if (squeezed) {
      add(
          ATTENTION,
          FindingCode.DISK_SQUEEZED,
          "",
          "The disk is so full that the cache shrinks for it.",
          "Free space on the file system of store.path; something else than Tarn fills it.");
    }
    long corrupt = facts.lastHour().figures().get(Figure.CORRUPT_BLOBS);
    if (corrupt > 0) {
      add(
          corrupt >= MANY_CORRUPT_BLOBS ? TROUBLE : ATTENTION,
          FindingCode.CORRUPT_BLOBS,
          "",
          corrupt + " blobs on disk were not what they had been, and were given up.",
          "Look at the node's disk (dmesg, SMART): it is failing, or somebody writes there.");
    }
  }

  private void agent(NodeFacts.Agent agent) {
    if (agent.effect() == Effect.SILENT) {
      add(
          ATTENTION,
          FindingCode.AGENT_SILENT,
          "",
          "The containerd-config-agent was not heard of for "
              + agent.reportAgeSeconds()
              + " seconds.",
          "See whether its container runs, and what its log says; both need the same"
              + " agent.directory.");
    } else if (agent.effect() == Effect.INEFFECTIVE) {
      add(
          TROUBLE,
          FindingCode.AGENT_INEFFECTIVE,
          "",
          "containerd on this node pulls, and does not come here.",
          "The agent's log and GET /verdict at its port say the reason: mostly config_path is not"
              + " set in containerd's configuration.");
    }
    for (String registry : agent.leftOut()) {
      add(
          ATTENTION,
          FindingCode.AGENT_LEFT_OUT,
          registry,
          "What the node's hosts.toml says of " + registry + " cannot be followed.",
          "The log says why; give the registry's upstreams in the configuration.");
    }
  }

  private void members(MemberFacts members) {
    if (!members.knowsSelf() && !members.members().isEmpty()) {
      add(
          ATTENTION,
          FindingCode.NOT_A_MEMBER,
          "",
          "This node is not among the members that it knows, so it fetches alone.",
          "Compare peers.node with the names of the members.");
    }
    if (members.ageSeconds() >= MEMBERSHIP_STALE_AFTER.toSeconds()) {
      add(
          ATTENTION,
          FindingCode.MEMBERSHIP_STALE,
          "",
          "The list of members is " + members.ageSeconds() + " seconds old.",
          "See whether the node reaches the API server or the DNS server; the log's"
              + " members_unknown says why it does not.");
    }
    long avoided = members.count(MemberFacts.State.AVOIDED);
    long others = avoided + members.count(MemberFacts.State.READY) - (members.knowsSelf() ? 1 : 0);
    if (avoided >= MANY_AVOIDED && avoided * 2 >= others) {
      add(
          TROUBLE,
          FindingCode.PEERS_UNREACHABLE,
          "",
          avoided + " of " + others + " members that are ready fail this node.",
          "See whether the peer port is open between nodes (firewall, network policy), and whether"
              + " handshakes fail.");
    }
  }

  private void handshakes() {
    Figures lately = facts.lastMinutes().figures();
    long failed = lately.get(Figure.HANDSHAKES_FAILED);
    if (failed > 0) {
      add(
          ATTENTION,
          FindingCode.PEERS_HANDSHAKE_FAILING,
          "",
          failed + " TLS handshakes with peers failed within ten minutes.",
          "The log's peer_handshake_failed names the peer and the reason: mostly certificates of"
              + " two authorities.");
    }
    if (lately.get(Figure.HANDSHAKES_TOO_EARLY) > 0) {
      add(
          ATTENTION,
          FindingCode.CLOCK_WRONG,
          "",
          "A certificate is not valid yet by this node's clock or a peer's.",
          "Compare the clocks of the two nodes that peer_handshake_failed names, and let them be"
              + " kept by NTP.");
    }
  }

  private void certificate(Instant expires) {
    Duration left = Duration.between(facts.time(), expires);
    if (left.compareTo(CERTIFICATE_LEFT) < 0) {
      boolean expired = left.isNegative() || left.isZero();
      add(
          expired ? TROUBLE : ATTENTION,
          FindingCode.CERTIFICATE_EXPIRING,
          "",
          expired
              ? "This node's certificate expired: its peers refuse it."
              : "This node's certificate expires at " + expires + ".",
          "See why the files of peers.tls were not renewed: the Secret, cert-manager, or the"
              + " authority they are issued by.");
    }
  }

  private void containerd() {
    if (facts.containerdUnreadable()) {
      add(
          ATTENTION,
          FindingCode.CONTAINERD_UNREADABLE,
          "",
          "containerd's content cannot be read.",
          "See the path of containerd.contentStore, its mount, and its permissions.");
    }
  }

  private void connections() {
    long refused = facts.lastHour().figures().get(Figure.CONNECTIONS_REFUSED);
    if (refused > 0) {
      add(
          ATTENTION,
          FindingCode.CONNECTIONS_REFUSED,
          "",
          refused + " connections were closed at once because there were too many.",
          "Raise registry.maxConnections, or see who opens so many.");
    }
  }
}
