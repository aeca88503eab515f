package dev.tarn.e2e.operate;

import dev.tarn.e2e.cluster.Certificates;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.node.TarnNode;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small cluster: nodes in two zones that are peers by mutual TLS, each with an agent that keeps
 * the entries of a containerd, and two registries with images.
 */
final class Fleet {
  static final String PUBLIC = "docker.io";
  static final String OWN = "registry.example.com";

  private static final List<String> ZONES = List.of("east", "east", "west");
  private static final int IMAGES = 12;
  private static final long MIB = 1024 * 1024;
  private static final long UPSTREAM_BYTES_PER_SECOND = 20 * MIB;

  private final List<TarnNode> nodes = new ArrayList<>();
  private final List<Ship> ships = new ArrayList<>();
  private final Map<String, Relay> upstreams = new LinkedHashMap<>();

  private Fleet() {}

  static Fleet start(Workspace workspace) throws Exception {
    Fleet fleet = new Fleet();
    Registry registry = Registry.docker(workspace);
    for (String name : List.of(PUBLIC, OWN)) {
      Relay relay = workspace.own(new Relay(Ports.free(), Route.to(registry.address())));
      relay.throttle(UPSTREAM_BYTES_PER_SECOND);
      fleet.upstreams.put(name, relay);
    }
    fleet.publish(workspace, registry.uri());
    fleet.startNodes(workspace);
    return fleet;
  }

  private void publish(Workspace workspace, URI registry) {
    RegistryClient client = new RegistryClient(registry);
    ImageMaker maker = new ImageMaker(workspace.makeDirectory("images"));
    for (int number = 0; number < IMAGES; number++) {
      // Small, middling and large layers, as images have them.
      long seed = 10L * number;
      Image image =
          maker.image(
              "amd64",
              List.of(
                  maker.layer(seed, MIB / 8),
                  maker.layer(seed + 1, (2 + number % 3) * MIB),
                  maker.layer(seed + 2, (8 + 2L * (number % 5)) * MIB)));
      String repository = "team/app-" + number;
      client.push(repository, "v1", image);
      ships.add(new Ship(number % 3 == 0 ? PUBLIC : OWN, registry, repository, image));
    }
  }

  private void startNodes(Workspace workspace) throws Exception {
    Certificates authority = Certificates.create(workspace.makeDirectory("authority"));
    List<String> listens = ZONES.stream().map(zone -> "127.0.0.1:" + Ports.free()).toList();
    List<String> members = new ArrayList<>();
    for (int number = 0; number < ZONES.size(); number++) {
      members.add(ZONES.get(number) + "/" + name(number) + "=" + listens.get(number));
    }
    Map<String, URI> registries = new LinkedHashMap<>();
    upstreams.forEach((name, relay) -> registries.put(name, relay.uri()));
    for (int number = 0; number < ZONES.size(); number++) {
      Workspace own = workspace.child(name(number));
      Certificates.Identity identity =
          authority.issueFor(name(number), own.makeDirectory("tls"), Certificates.Validity.now());
      Path shared = own.makeDirectory("shared");
      TarnNode node =
          TarnNode.start(
              own,
              new FleetPlan(
                  name(number), listens.get(number), members, identity, shared, registries));
      startAgent(own, node, shared);
      nodes.add(node);
    }
  }

  /** The name of a node. */
  static String name(int number) {
    return "node-" + (number + 1);
  }

  /** Beside a host whose containerd reads the entries, by its configuration. */
  private static void startAgent(Workspace workspace, TarnNode node, Path shared)
      throws IOException {
    Path host = workspace.makeDirectory("host");
    Path etc = Files.createDirectories(host.resolve("etc/containerd"));
    Files.createDirectories(etc.resolve("certs.d"));
    Files.writeString(
        etc.resolve("config.toml"),
        """
        version = 3
        [plugins."io.containerd.cri.v1.images".registry]
        config_path = "/etc/containerd/certs.d"
        """);
    Path config = workspace.directory().resolve("agent.toml");
    Files.writeString(
        config,
        """
        mirror = "%s"
        directory = "%s"
        registries = ["%s", "%s"]
        host = "%s"
        listen = ""

        [containerd]
        config = "/etc/containerd/config.toml"
        version = "2.1.4"
        """
            .formatted(node.uri(), shared, PUBLIC, OWN, host));
    String tarn =
        System.getenv().getOrDefault("TARN", Tools.repository().resolve("tarn").toString());
    workspace.own(
        Child.start(
            "agent",
            workspace.directory(),
            Map.of(),
            List.of(tarn, "agent", "run", "--config", config.toString())));
  }

  List<TarnNode> nodes() {
    return List.copyOf(nodes);
  }

  List<Ship> ships() {
    return List.copyOf(ships);
  }

  /** The way of every node to a registry. */
  Relay upstream(String registry) {
    Relay relay = upstreams.get(registry);
    if (relay == null) {
      throw new IllegalArgumentException(registry);
    }
    return relay;
  }
}
