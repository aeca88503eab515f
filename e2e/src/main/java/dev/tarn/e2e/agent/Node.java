package dev.tarn.e2e.agent;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A node of one kind, as an operator left it, to which a Tarn and an agent come. */
final class Node {
  static final String FIRST_ROOT = "certs.d";
  private static final List<String> ROOTS = List.of(FIRST_ROOT, NodePlan.SECOND_ROOT);
  private static final String CONTAINERD = "containerd/";
  private static final String TARN = "tarn/";

  private final AgentBench bench;
  private final Combination kind;
  private final Relay registry;
  private final Relay upstream;
  private final Relay operator;
  private final Relay otherDoor;
  private final Path directory;
  private final Containerd containerd;
  private final TarnNode tarn;
  private final Path shared;

  private Node(
      AgentBench bench, Workspace workspace, Combination kind, UnaryOperator<Path> preparing)
      throws Exception {
    this.bench = bench;
    this.kind = kind;
    this.registry = bench.way(workspace);
    this.upstream = bench.way(workspace);
    this.operator = bench.wayOutside(workspace);
    this.otherDoor = bench.wayOutside(workspace);
    this.shared = workspace.makeDirectory("shared");
    this.directory = preparing.apply(workspace.makeDirectory("c"));
    Files.createDirectory(directory.resolve("etc-containerd"));
    this.containerd = Containerd.start(workspace, "c", new NodePlan(kind, name(), operator.uri()));
    this.tarn = TarnNode.start(workspace, new TarnPlan(name(), tarnsUpstream(), shared));
  }

  /** Starts containerd and Tarn, with what an operator has put there. */
  static Node start(AgentBench bench, Workspace workspace, Combination kind) throws Exception {
    return start(bench, workspace, kind, UnaryOperator.identity());
  }

  /**
   * The same.
   *
   * @param preparing is given containerd's directory before containerd starts, and gives it back
   */
  static Node start(
      AgentBench bench, Workspace workspace, Combination kind, UnaryOperator<Path> preparing)
      throws Exception {
    Node node = new Node(bench, workspace, kind, preparing);
    node.furnish();
    return node;
  }

  /** Whether the entry stands under the first root. */
  boolean stands() {
    return stands(hostsFile());
  }

  /** Whether a file has our entry. */
  boolean stands(Path file) {
    try {
      return Files.readString(file).contains(tarn.authority());
    } catch (IOException notThere) {
      return false;
    }
  }

  private Optional<URI> tarnsUpstream() {
    return kind.existing().namesUpstreams() ? Optional.empty() : Optional.of(upstream.uri());
  }

  /** Modes and an owner that are not those of a new file, so that keeping them is seen. */
  private void furnish() throws IOException {
    Files.createDirectories(directory.resolve(NodePlan.SECOND_ROOT));
    if (kind.existing() != Existing.NONE) {
      furnish(kind.existing(), FIRST_ROOT);
    }
  }

  /** Puts there what an operator may have put under a root. */
  void furnish(Existing existing, String root) throws IOException {
    String content =
        existing.content(
            new Existing.Hosts(
                registry.uri(),
                otherDoor.uri(),
                operator.uri(),
                bench.secured.uri(),
                bench.secured.authority()));
    Path file = hostsFile(root, existing.directory(name()));
    Files.createDirectory(
        file.resolve("..").normalize(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Files.setAttribute(file, "unix:gid", 12);
    Files.writeString(file.resolveSibling("README"), "Ours.\n");
  }

  /** What has to be mounted before others see its directories where containerd sees them. */
  List<String> mounts() {
    return kind.setting() == Setting.EMPTY ? DefaultRoot.mount(directory) : List.of();
  }

  Combination kind() {
    return kind;
  }

  /** The registry's name in images. */
  String name() {
    return registry.authority();
  }

  TarnNode tarn() {
    return tarn;
  }

  Containerd containerd() {
    return containerd;
  }

  /** What Tarn and the agent share. */
  Path shared() {
    return shared;
  }

  /** Where an entry for the registry stands, under the first root. */
  Path hostsFile() {
    return hostsFile(FIRST_ROOT, name());
  }

  /** Where one stands under a root, in a directory of that name. */
  Path hostsFile(String root, String name) {
    return directory.resolve(root).resolve(name).resolve("hosts.toml");
  }

  Snapshot snapshot() {
    return Snapshot.of(directory, ROOTS);
  }

  /** A copy of the roots, at which the same can be done as there. */
  Path copy(Path into) {
    for (String root : ROOTS) {
      Child.run(
              "cp",
              into,
              Map.of(),
              List.of("cp", "-a", directory.resolve(root).toString(), into.toString()),
              Duration.ofSeconds(20))
          .orFail();
    }
    return into;
  }

  static Snapshot snapshot(Path copy) {
    return Snapshot.of(copy, ROOTS);
  }

  /**
   * What became of a pull.
   *
   * @param sources whom containerd came to for it
   * @param upstreams whom Tarn came to for it
   */
  record Pulled(boolean succeeded, Set<Source> sources, Set<Source> upstreams, String output) {}

  /** Pulls an image that nobody has pulled before. */
  Pulled pull() {
    return pull(bench.newImage());
  }

  Pulled pull(String repository) {
    return pull(repository, Optional.empty());
  }

  /** Pulls with a pull secret, as {@code name:password}. */
  Pulled pull(String repository, Optional<String> credential) {
    double asked = asked();
    Child.Finished pull = containerd.tryPull(name() + "/" + repository + ":1", credential);
    Set<Source> upstreams = asked(repository, TARN);
    Set<Source> sources = asked(repository, CONTAINERD);
    if (asked() > asked || !upstreams.isEmpty()) {
      sources.add(Source.TARN);
    }
    return new Pulled(pull.status() == 0, sources, upstreams, pull.output());
  }

  /** How often Tarn was asked for content. */
  private double asked() {
    try {
      return tarn.metrics().sum("tarn_requests_total", name());
    } catch (UncheckedIOException away) {
      return 0;
    }
  }

  /** Whom somebody who calls himself so came to for anything of a repository. */
  private Set<Source> asked(String repository, String userAgent) {
    Set<Source> asked = EnumSet.noneOf(Source.class);
    for (Relay relay : List.of(registry, upstream, otherDoor)) {
      if (wasAsked(relay, repository, userAgent)) {
        asked.add(Source.REGISTRY);
      }
    }
    if (wasAsked(operator, repository, userAgent)) {
      asked.add(Source.OPERATOR);
    }
    if (bench.secured.wasAsked(repository, userAgent)) {
      asked.add(Source.SECURED);
    }
    return asked;
  }

  private static boolean wasAsked(Relay relay, String repository, String userAgent) {
    for (Exchange exchange : relay.traffic().all()) {
      if (exchange.target().contains("/v2/" + repository + "/")
          && exchange.header("User-Agent").filter(who -> who.startsWith(userAgent)).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
