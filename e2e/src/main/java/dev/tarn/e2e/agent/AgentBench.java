package dev.tarn.e2e.agent;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.process.Workspace;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** What the cases share: one registry with a plain door and one behind TLS, and the table. */
final class AgentBench {
  private static final int ATTEMPTS = 5;
  private static final long LAYER_BYTES = 64 * 1024;

  final AgentOptions options;
  final Secured secured;
  final ResultTable table;
  private final Registry registry;
  private final RegistryClient pushing;
  private final ImageMaker maker;
  private final AtomicInteger next = new AtomicInteger(1);

  private AgentBench(
      Workspace workspace, AgentOptions options, Registry registry, Secured secured) {
    this.options = options;
    this.registry = registry;
    this.secured = secured;
    this.pushing = new RegistryClient(registry.uri());
    this.maker = new ImageMaker(workspace.makeDirectory("images"));
    this.table = workspace.own(new ResultTable());
  }

  static AgentBench open(Workspace workspace, AgentOptions options) throws Exception {
    System.out.printf(
        "combinations: %d of %d, seed %d%n",
        options.selected().size(), Selection.all().size(), options.seed());
    Path files = workspace.makeDirectory("registry");
    Registry registry =
        Registry.docker(workspace, "registry", files, "127.0.0.1", UnaryOperator.identity());
    return new AgentBench(
        workspace,
        options,
        registry,
        Secured.start(workspace, files, Ports.ownAddress().orElseThrow()));
  }

  /** Pushes an image that nobody has seen, and gives its repository. */
  String newImage() {
    int number = next.getAndIncrement();
    String repository = "agent/image-" + number;
    Image image = maker.image("amd64", List.of(maker.layer(number, LAYER_BYTES)));
    pushing.push(repository, "1", image);
    return repository;
  }

  /** One that Tarn can be sent to by what was found on the node: not at loopback. */
  Relay wayOutside(Workspace workspace) {
    InetAddress address = Ports.ownAddress().orElseThrow();
    return workspace.own(
        listening(
            port ->
                new Relay(
                    new InetSocketAddress(address, port),
                    Route.to(registry.address()),
                    new Relay.Surroundings(Thread.ofVirtual().factory(), Relay::dial, 0))));
  }

  /** A way to the registry for one case. */
  Relay way(Workspace workspace) {
    return workspace.own(listening(port -> new Relay(port, Route.to(registry.address()))));
  }

  /** A port that was free may be another process's a moment later. */
  private static Relay listening(IntFunction<Relay> at) {
    for (int attempt = 1; ; attempt++) {
      try {
        return at.apply(Ports.free());
      } catch (UncheckedIOException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }
}
