package dev.tarn.server.doctor;

import dev.tarn.core.placement.Member;
import dev.tarn.server.config.ListenAddress;
import dev.tarn.server.config.NodeName;
import dev.tarn.server.config.PeerMode;
import dev.tarn.server.config.PeersConfiguration;
import dev.tarn.server.console.Figures;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.membership.RememberedMembers;
import dev.tarn.server.peer.tls.PeerTls;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Whether this node knows the others, reaches them, and can be reached. */
final class PeersCheck {
  private static final String PEERS = "peers";
  private static final int MAX_DIALLED = 64;
  private static final int MAX_NAMED = 5;
  private static final double STALE_SECONDS = 300;
  private static final Map<String, String> HANDSHAKES =
      Map.of(
          "expired",
          "the other's certificate has expired",
          "not_yet_valid",
          "the other's certificate is not valid yet, so one of the clocks is wrong",
          "foreign",
          "the other's certificate is of an authority that peers.tls.ca does not have",
          "other_node",
          "the other's certificate names another node",
          "refused_us",
          "others do not believe this node's certificate");

  private final Scene scene;
  private final PeersConfiguration peers;
  private final List<Finding> findings;
  private final Optional<PeerTls> identity;

  /** A member, and why its port cannot be reached; empty where it can. */
  private record Dialled(Member member, String refusal) {}

  PeersCheck(Scene scene, List<Finding> findings, Optional<PeerTls> identity) {
    this.identity = identity;
    this.scene = scene;
    this.peers = scene.configuration().peers();
    this.findings = findings;
  }

  void run(Figures figures) {
    if (peers.mode() == PeerMode.NONE) {
      findings.add(
          Finding.note(PEERS, "This node is alone: it fetches for itself.", "peers.mode is none."));
      return;
    }
    source(figures);
    handshakes(figures);
    if (identity.isEmpty() && !peers.plainHttp()) {
      findings.add(
          Finding.note(
              PEERS, "The others were not dialled.", "This node has no certificate to show them."));
      return;
    }
    try (Line line = line()) {
      ownPort(line);
      others(members(), line);
    } catch (IOException e) {
      findings.add(
          Finding.note(
              PEERS, "Who the others are cannot be read from here.", e.getMessage() + "."));
    }
  }

  /** How others are dialled. */
  private interface Line extends AutoCloseable {
    Optional<String> refusal(String node, String host, int port);

    @Override
    void close();
  }

  private Line line() {
    PeerDial dial = identity.map(PeerDial::new).orElse(null);
    return new Line() {
      @Override
      public Optional<String> refusal(String node, String host, int port) {
        return dial == null ? Dial.refusal(host, port) : dial.refusal(node, host, port);
      }

      @Override
      public void close() {
        if (dial != null) {
          dial.close();
        }
      }
    };
  }

  private void ownPort(Line line) {
    ListenAddress listen = peers.listen();
    String self = NodeName.of(peers, scene.environment());
    Optional<String> refusal =
        listen.port() == 0
            ? Optional.empty()
            : line.refusal(self, Dial.hostOf(listen), listen.port());
    if (refusal.isPresent()) {
      findings.add(
          Finding.attention(
              PEERS,
              "This node does not listen for its peers.",
              listen + ", which is peers.listen: " + refusal.get() + ".",
              "It does so once it has a certificate and is among the members. Its log says"
                  + " peer_endpoint_not_bound where the port is taken."));
    }
  }

  private void source(Figures figures) {
    double known = figures.sum("tarn_members").orElse(0);
    if (known == 0) {
      findings.add(
          Finding.attention(
              "not-a-member",
              "This node knows no members: it fetches alone.",
              "tarn_members is 0.",
              "See peers.mode and what belongs to it; with kubernetes, whether the Service has"
                  + " endpoints and the service account may watch EndpointSlices."));
    }
    double age = figures.sum("tarn_membership_age_seconds").orElse(0);
    if (age > STALE_SECONDS) {
      findings.add(
          Finding.attention(
              "membership-stale",
              "The list of members is old.",
              "Its source said nothing for " + Quantity.time(Duration.ofSeconds((long) age)) + ".",
              "See whether the node reaches the API server, or the DNS server. The last list is"
                  + " used until then."));
    }
  }

  private void handshakes(Figures figures) {
    for (Figures.Sample sample : figures.of("tarn_peer_handshakes_total")) {
      String meaning = HANDSHAKES.get(sample.label("outcome"));
      if (meaning != null && sample.value() > 0) {
        findings.add(
            Finding.attention(
                "peers-handshake-failing",
                "TLS handshakes with peers failed since the node started: " + meaning + ".",
                "tarn_peer_handshakes_total{outcome=\""
                    + sample.label("outcome")
                    + "\"} is "
                    + (long) sample.value()
                    + ".",
                "Give all nodes certificates of the same authority, and right clocks. Where that"
                    + " was so and is over, it is of no account."));
      }
    }
  }

  private List<Member> members() throws IOException {
    return peers.mode() == PeerMode.STATIC
        ? peers.members().stream()
            .map(each -> new Member(each.node(), each.zone(), each.address().toString(), true))
            .toList()
        : RememberedMembers.in(scene.configuration().store().path().resolve("members.json"));
  }

  private void others(List<Member> members, Line line) {
    String self = NodeName.of(peers, scene.environment());
    List<Member> ready =
        members.stream()
            .filter(member -> member.ready() && !member.name().equals(self))
            .limit(MAX_DIALLED)
            .toList();
    List<Dialled> dialled = dial(ready, line);
    List<Dialled> failed = dialled.stream().filter(each -> !each.refusal().isEmpty()).toList();
    if (ready.isEmpty()) {
      findings.add(Finding.note(PEERS, "No other node is known to be ready.", ""));
    } else if (failed.isEmpty()) {
      findings.add(
          Finding.fine(
              PEERS,
              ready.size()
                  + (ready.size() == 1 ? " other node was" : " other nodes were")
                  + " reached."));
    } else {
      findings.add(
          new Finding(
              failed.size() * 2 >= dialled.size() ? Severity.TROUBLE : Severity.ATTENTION,
              "peers-unreachable",
              "",
              failed.size() + " of " + dialled.size() + " other nodes cannot be reached.",
              named(failed),
              "Open TCP "
                  + peers.listen().port()
                  + " between nodes (firewall, security group), see whether Tarn runs there, and give all"
                  + " certificates of the same authority."));
    }
  }

  private static String named(List<Dialled> failed) {
    String names =
        String.join(
            "; ",
            failed.stream()
                .limit(MAX_NAMED)
                .map(
                    each ->
                        each.member().name()
                            + " at "
                            + each.member().address()
                            + ": "
                            + each.refusal())
                .toList());
    int more = failed.size() - MAX_NAMED;
    return more > 0 ? names + "; and " + more + " more." : names + ".";
  }

  private static List<Dialled> dial(List<Member> members, Line line) {
    List<Dialled> dialled = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Stream<Future<Dialled>> asked =
          members.stream()
              .map(member -> threads.submit(() -> dial(member, line)))
              .toList()
              .stream();
      for (Future<Dialled> each : asked.toList()) {
        dialled.add(each.get());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return dialled;
  }

  private static Dialled dial(Member member, Line line) {
    int colon = member.address().lastIndexOf(':');
    String host = member.address().substring(0, Math.max(colon, 0)).replaceAll("[\\[\\]]", "");
    try {
      int port = Integer.parseInt(member.address().substring(colon + 1));
      return new Dialled(member, line.refusal(member.name(), host, port).orElse(""));
    } catch (NumberFormatException _) {
      return new Dialled(member, "that is no address");
    }
  }
}
