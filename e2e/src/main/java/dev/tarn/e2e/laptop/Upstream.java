package dev.tarn.e2e.laptop;

import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.cluster.Site;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.ImageMaker;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.process.Workspace;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * The registry that nodes pull from, and a second one with the same content for whoever has a name
 * and a password: Debian's docker-registry behind relays that count, where nodes and pods reach
 * them by plain HTTP. What the harness pushes goes past the relays. Safe for several threads.
 */
public final class Upstream {
  /** Who may pull from the guarded one. */
  public static final String USER = "alice";

  public static final String PASSWORD = "alice-secret";

  private static final String PASSWORDS =
      USER + ":$2y$05$abcdefghijklmnopqrstuup1/nBU3/nS1R5KhY7gI8I.G.mQcJR.S\n";
  private static final String OPEN = "open";
  private static final String GUARDED = "guarded";
  private static final String PAUSE = "pause";

  private final dev.tarn.e2e.cluster.Upstream registries;
  private final Relay open;
  private final Relay guarded;

  private Upstream(dev.tarn.e2e.cluster.Upstream registries) throws Exception {
    this.registries = registries;
    this.open = registries.expose(OPEN, Route.to(registries.origin()));
    this.guarded = registries.expose(GUARDED, Route.to(registries.protectedOrigin(PASSWORDS)));
  }

  /** Starts both at a site of their own, with the image of pods' sandboxes in them. */
  static Upstream start(Workspace workspace, Site site) throws Exception {
    Upstream upstream =
        new Upstream(workspace.own(dev.tarn.e2e.cluster.Upstream.start(workspace, site)));
    ImageMaker maker = new ImageMaker(workspace.makeDirectory(PAUSE));
    Image pause =
        maker.image(
            "amd64",
            List.of(maker.program("pod", Tools.build("pod").resolve("pod"))),
            "/pod",
            List.of(PAUSE));
    upstream.client().push(PAUSE, "1", pause);
    return upstream;
  }

  /**
   * Starts both on the machine's own network.
   *
   * @param address where the open one is; the other has the next port
   */
  static Upstream start(Workspace workspace, InetSocketAddress address) throws Exception {
    return new Upstream(workspace.own(dev.tarn.e2e.cluster.Upstream.start(workspace, address)));
  }

  /** The image of pods' sandboxes. */
  String sandbox() {
    return host() + "/" + PAUSE + ":1";
  }

  List<Child> processes() {
    return registries.processes();
  }

  /** What image references name the open one: {@code host:port}. */
  public String host() {
    return open.authority();
  }

  /** What image references name the one with a password: {@code host:port}. */
  public String guardedHost() {
    return guarded.authority();
  }

  /** Pushes to both, past the relays. */
  public RegistryClient client() {
    return new RegistryClient(origin());
  }

  /** Where the harness itself reaches the registry, past the relays. */
  public URI origin() {
    return URI.create(
        "http://"
            + registries.origin().getAddress().getHostAddress()
            + ":"
            + registries.origin().getPort());
  }

  /** What passed the relay of the open one. */
  public Traffic traffic() {
    return open.traffic();
  }

  /** What passed the relay of the one with a password. */
  public Traffic guardedTraffic() {
    return guarded.traffic();
  }

  /** The open one's own access log so far, in Apache's combined format. */
  public String accessLog() {
    return registries.accessLog();
  }

  /** How many copies of a blob the open one sent, by bytes. */
  public double copies(Blob blob) {
    return (double) traffic().bytes(blob.digest()) / blob.size();
  }

  /** From now on no more than that comes from here to the nodes, all of them together. */
  public void limit(LinkSpeed speed) {
    registries.site().limit(speed);
  }

  /** Takes the limit away. */
  public void unlimited() {
    registries.site().unlimited();
  }

  /** From now on both ports refuse. */
  public void stop() throws Exception {
    registries.down(true);
  }

  /** Both answer again. */
  public void start() throws Exception {
    registries.down(false);
  }
}
