package dev.tarn.e2e.page;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * What the cases share: a real registry, three nodes in two zones that are peers by mutual TLS, and
 * images that they pulled. Each case leaves the nodes as it found them.
 */
final class PageBench {
  static final String REGISTRY = "registry.example.com";

  /** Mirrored, and never asked. */
  private static final String QUIET_REGISTRY = "docker.io";

  static final String TOKEN = "e2e-page-token-0123456789abcdef";

  /** What every node holds. */
  static final String HELD = "shop/cart";

  private static final List<String> ZONES = List.of("zone-a", "zone-a", "zone-b");
  private static final long MIB = 1024 * 1024;

  private final ImageMaker maker;
  private final RegistryClient registry;
  private final InetSocketAddress origin;
  private final List<Member> members = new ArrayList<>();
  private final Screenshots screenshots;
  private long nextSeed = 1;

  private PageBench(Workspace workspace, Screenshots screenshots) throws Exception {
    this.screenshots = screenshots;
    this.maker = new ImageMaker(workspace.makeDirectory("images"));
    Registry real = Registry.docker(workspace);
    this.origin = real.address();
    this.registry = new RegistryClient(real.uri());
  }

  static PageBench open(Workspace workspace, Screenshots screenshots) throws Exception {
    PageBench bench = new PageBench(workspace, screenshots);
    bench.startMembers(workspace);
    bench.fill();
    return bench;
  }

  private void startMembers(Workspace workspace) throws Exception {
    Path token = workspace.directory().resolve("token");
    Files.writeString(token, TOKEN);
    Certificates authority = Certificates.create(workspace.makeDirectory("authority"));
    List<String> list = new ArrayList<>();
    List<String> listens = new ArrayList<>();
    for (int number = 0; number < ZONES.size(); number++) {
      String listen = "127.0.0.1:" + Ports.free();
      listens.add(listen);
      list.add(ZONES.get(number) + "/" + name(number) + "=" + listen);
    }
    for (int number = 0; number < ZONES.size(); number++) {
      Workspace own = workspace.child(name(number));
      Certificates.Identity identity =
          authority.issueFor(name(number), own.makeDirectory("tls"), Certificates.Validity.now());
      Relay upstream = own.own(new Relay(Ports.free(), Route.to(origin)));
      Map<String, URI> registries = new LinkedHashMap<>();
      registries.put(REGISTRY, upstream.uri());
      registries.put(QUIET_REGISTRY, upstream.uri());
      String peers = peers(name(number), listens.get(number), list, identity);
      TarnNode tarn = TarnNode.start(own, new PagePlan(registries, token, peers));
      Relay page = own.own(new Relay(Ports.free(), Route.to(tarn.adminAddress())));
      members.add(new Member(name(number), tarn, upstream, page));
    }
  }

  private static String name(int number) {
    return "node-" + (number + 1);
  }

  private static String peers(
      String node, String listen, List<String> members, Certificates.Identity identity) {
    return """
    peers:
      mode: static
      listen: %s
      node: %s
      members: [%s]
      tls:
        certificate: %s
        key: %s
        ca: %s
    """
        .formatted(
            listen,
            node,
            String.join(", ", members),
            identity.certificate(),
            identity.key(),
            identity.authority());
  }

  /** A working day in a few seconds: all that a node can take bytes from was taken from once. */
  private void fill() throws Exception {
    Image cart = publish(HELD, "3.1", 24, 8);
    Image checkout = publish("shop/checkout", "2.4", 12, 4);
    Image search = publish("shop/search", "1.9", 6);
    Member.await(everywhere(HELD, "3.1", cart));
    Member.await(everywhere(HELD, "3.1", cart));
    Member.await(List.of(member(1).pulling("shop/checkout", "2.4", checkout)));
    Member.await(everywhere("shop/checkout", "2.4", checkout));
    Member.await(List.of(member(0).pulling("shop/search", "1.9", search)));
    Member.await(List.of(member(0).pulling("shop/search", "1.9", search)));
  }

  /** Begins to pull an image on every node at once. */
  List<CompletableFuture<Void>> everywhere(String repository, String tag, Image image) {
    return members.stream().map(member -> member.pulling(repository, tag, image)).toList();
  }

  /** Pushes an image that nobody has seen. */
  Image publish(String repository, String tag, long... layersMib) {
    Image image =
        maker.image(
            "amd64",
            LongStream.of(layersMib).mapToObj(mib -> maker.layer(nextSeed++, mib * MIB)).toList());
    registry.push(repository, tag, image);
    return image;
  }

  /** The node whose page most cases look at is the first. */
  Member member(int number) {
    return members.get(number);
  }

  List<Member> members() {
    return List.copyOf(members);
  }

  Screenshots screenshots() {
    return screenshots;
  }
}
