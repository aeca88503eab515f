package dev.tarn.e2e.access;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.http.RawClient;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.Layer;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Containerd;
import dev.tarn.e2e.node.ContainerdConfig;
import dev.tarn.e2e.node.Flavour;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the cases share: two registries with the same content, one that wants a name and a password
 * and one that wants a token, each behind a gate; three nodes that are peers; and containerds. Each
 * case has repositories and images of its own, and leaves everything as it was.
 */
final class AccessBench {
  static final int NODES = 3;
  private static final long KIB = 1024;

  final Rights rights = new Rights();
  final TokenIssuer issuer;
  final Realm realm;
  final Liar liar;
  final Certificates authority;

  private final Path files;
  private final Workspace workspace;
  private final URI open;
  private final RegistryClient pushing;
  private final ImageMaker maker;
  private final Map<Scheme, Gate> gates = new EnumMap<>(Scheme.class);
  private final List<Mirror> nodes = new ArrayList<>();
  private final Map<String, Containerd> containerds = new LinkedHashMap<>();
  private @Nullable Betrayal betrayal;
  private final AtomicLong nextSeed = new AtomicLong(1);
  private final AtomicLong nextName = new AtomicLong(1);

  private AccessBench(Workspace workspace) throws Exception {
    this.workspace = workspace;
    this.maker = new ImageMaker(workspace.makeDirectory("images"));
    this.files = workspace.makeDirectory("registry");
    this.authority = Certificates.create(workspace.makeDirectory("authority"));
    this.issuer = TokenIssuer.create(workspace.makeDirectory("tokens"));
    this.realm = workspace.own(Realm.start(issuer, rights));
    this.open =
        Registry.docker(workspace, "open", files, "127.0.0.1", UnaryOperator.identity()).uri();
    this.pushing = new RegistryClient(open);
    this.liar = workspace.own(Liar.start());
    Registry passwords = Registry.docker(workspace, "passwords", files, User.passwords());
    Registry tokens =
        Registry.docker(
            workspace,
            "tokens",
            files,
            realm.uri(),
            Scheme.TOKEN.registry(),
            TokenIssuer.ISSUER,
            issuer.certificate());
    gates.put(Scheme.BASIC, workspace.own(Gate.ofUsers(passwords.address(), rights)));
    gates.put(
        Scheme.TOKEN,
        workspace.own(Gate.ofTokens(tokens.address(), realm, Scheme.TOKEN.registry())));
  }

  static AccessBench open(Workspace workspace) throws Exception {
    AccessBench bench = new AccessBench(workspace);
    bench.startNodes();
    return bench;
  }

  private void startNodes() throws Exception {
    List<Integer> ports = new ArrayList<>();
    for (int number = 0; number < NODES; number++) {
      ports.add(Ports.free());
    }
    List<CompletableFuture<Mirror>> starting = new ArrayList<>();
    for (int number = 0; number < NODES; number++) {
      String name = nodeName(number);
      int port = ports.get(number);
      Map<Scheme, Relay> ways = ways(workspace);
      Workspace own = workspace.child(name);
      Map<String, URI> registries = uris(ways);
      registries.put(Liar.REGISTRY, liar.uri());
      Certificates.Identity identity =
          authority.issueFor(name, own.makeDirectory("tls"), Certificates.Validity.now());
      MirrorPlan plan =
          MirrorPlan.of(registries).withSection(peers(name, port, members(ports), identity));
      starting.add(Threads.meanwhile(() -> new Mirror(TarnNode.start(own, plan), ways, port)));
    }
    for (CompletableFuture<Mirror> each : starting) {
      nodes.add(each.get());
    }
  }

  static String nodeName(int number) {
    return "node-" + number;
  }

  private static Map<String, Integer> members(List<Integer> ports) {
    Map<String, Integer> members = new LinkedHashMap<>();
    for (int each = 0; each < ports.size(); each++) {
      members.put(nodeName(each), ports.get(each));
    }
    return members;
  }

  /**
   * A node's section about the others.
   *
   * @param members where each is reached, itself too
   */
  static String peers(
      String name, int port, Map<String, Integer> members, Certificates.Identity identity) {
    List<String> list = new ArrayList<>();
    members.forEach((each, at) -> list.add("zone/" + each + "=127.0.0.1:" + at));
    return """
        peers:
          mode: static
          listen: 127.0.0.1:%d
          node: %s
          members: [%s]
          tls:
            certificate: %s
            key: %s
            ca: %s
        """
        .formatted(
            port,
            name,
            String.join(", ", list),
            identity.certificate(),
            identity.key(),
            identity.authority());
  }

  /** Ways to the registries for one node, or for one case. */
  Map<Scheme, Relay> ways(Workspace owner) {
    Map<Scheme, Relay> ways = new EnumMap<>(Scheme.class);
    gates.forEach((scheme, gate) -> ways.put(scheme, owner.own(new Relay(Ports.free(), gate))));
    return ways;
  }

  /** A way to one registry for one case. */
  Relay way(Workspace owner, Scheme scheme) {
    return owner.own(new Relay(Ports.free(), gate(scheme)));
  }

  static Map<String, URI> uris(Map<Scheme, Relay> ways) {
    Map<String, URI> uris = new LinkedHashMap<>();
    ways.forEach((scheme, way) -> uris.put(scheme.registry(), way.uri()));
    return uris;
  }

  /** One of the three peers. */
  Mirror node(int number) {
    return nodes.get(number);
  }

  List<Mirror> nodes() {
    return List.copyOf(nodes);
  }

  /** From now on none of the three peers reaches a registry, or all do again. */
  void cutOff(boolean isCutOff) {
    nodes.forEach(node -> node.cutOff(isCutOff));
  }

  /** A node of the case's own without peers. */
  Mirror alone(Workspace owner, UnaryOperator<MirrorPlan> changes) throws Exception {
    Map<Scheme, Relay> ways = ways(owner);
    return alone(owner, ways, changes.apply(MirrorPlan.of(uris(ways))));
  }

  static Mirror alone(Workspace owner, Map<Scheme, Relay> ways, MirrorPlan plan) throws Exception {
    return new Mirror(TarnNode.start(owner, plan), ways, 0);
  }

  /** Nodes among which one lies; started when they are first asked for, and cases share them. */
  Betrayal betrayal() throws Exception {
    Betrayal running = betrayal;
    if (running == null) {
      running = Betrayal.shared(this, workspace.child("betrayal"));
      betrayal = running;
    }
    return running;
  }

  Gate gate(Scheme scheme) {
    Gate gate = gates.get(scheme);
    if (gate == null) {
      throw new IllegalStateException("no gate of " + scheme);
    }
    return gate;
  }

  /** A containerd that is started when it is first asked for; cases share it. */
  Containerd containerd(Flavour flavour, int number) throws Exception {
    String name = flavour.second() ? "c2-" + number : "c1-" + number;
    Containerd running = containerds.get(name);
    if (running == null) {
      running = Containerd.start(workspace, name, ContainerdConfig.of(flavour));
      containerds.put(name, running);
    }
    return running;
  }

  /** A layer that nobody has seen. */
  Layer layer(long kib) {
    return maker.layer(nextSeed.getAndIncrement(), kib * KIB);
  }

  Image image(List<Layer> layers) {
    return maker.image("amd64", layers);
  }

  /** A small image that nobody has seen. */
  Image image() {
    return image(List.of(layer(200), layer(60)));
  }

  /** A repository of that user that nobody has used. */
  String repository(User user) {
    return user.name() + "/app-" + nextName.getAndIncrement();
  }

  /** Puts an image into all registries, past their gates. */
  void push(String repository, String tag, Image image) {
    pushing.push(repository, tag, image);
  }

  RegistryClient pushing() {
    return pushing;
  }

  /** Takes a manifest out of a repository, and with it every tag that names it. */
  void delete(String repository, Blob manifest) throws IOException {
    Session.Got got =
        Session.ofNobody()
            .ask(
                open,
                RawClient.request(
                    "DELETE",
                    "/v2/" + repository + "/manifests/" + manifest.digest(),
                    Optional.empty()));
    if (got.status() != 202) {
      throw new CaseFailed("the registry did not delete " + manifest.digest() + ": " + got);
    }
  }

  /**
   * Writes a manifest into the registries' files, under a tag: one that names blobs which are not
   * in its repository, so that no registry would take it.
   */
  void smuggle(String repository, String tag, Blob manifest) throws IOException {
    String hex = manifest.digest().substring("sha256:".length());
    Path root = files.resolve("docker/registry/v2");
    Path data = root.resolve("blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
    Files.createDirectories(data);
    Files.copy(manifest.file(), data.resolve("data"));
    Path manifests = root.resolve("repositories").resolve(repository).resolve("_manifests");
    for (String link :
        List.of(
            "revisions/sha256/" + hex,
            "tags/" + tag + "/current",
            "tags/" + tag + "/index/sha256/" + hex)) {
      Path directory = Files.createDirectories(manifests.resolve(link));
      Files.writeString(directory.resolve("link"), manifest.digest());
    }
  }
}
