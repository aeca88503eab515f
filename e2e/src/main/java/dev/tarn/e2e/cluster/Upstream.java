package dev.tarn.e2e.cluster;

import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Route;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.image.RegistryClient;
import dev.tarn.e2e.node.Registry;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Workspace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Debian's docker-registry, which the cluster reaches at a site of its own: what comes and goes
 * passes that site's cable and a relay that counts it. Images get into it by another way. Safe for
 * use by several threads.
 */
public final class Upstream implements AutoCloseable {
  private static final int FIRST_PORT = 5000;

  /** Enough for the links, and little against an image: it counts as sent. */
  private static final int SEND_BUFFER_BYTES = 192 * 1024;

  private final Workspace workspace;
  private final Place place;
  private final InetSocketAddress first;
  private final @Nullable Site site;
  private final Workspace files;
  private final Registry open;
  private final List<Child> processes = new CopyOnWriteArrayList<>();

  /** Has the machine's own network, since it was started from there. */
  private final ExecutorService outside;

  private final Map<String, Relay> relays = new ConcurrentHashMap<>();

  private Upstream(Workspace workspace, Place place, InetSocketAddress first, @Nullable Site site)
      throws Exception {
    this.workspace = workspace;
    this.place = place;
    this.first = first;
    this.site = site;
    this.files = workspace.child("registry");
    this.outside = Executors.newSingleThreadExecutor(NamespaceThreads.FACTORY);
    outside.submit(() -> place).get();
    this.open = Registry.dockerThatLogs(workspace, "upstream", files.directory());
    processes.add(open.process());
  }

  public static Upstream start(Workspace workspace, Site site) throws Exception {
    return new Upstream(workspace, site, new InetSocketAddress(site.address(), FIRST_PORT), site);
  }

  /** One on the machine's own network; the first that is exposed is at that address. */
  public static Upstream start(Workspace workspace, InetSocketAddress first) throws Exception {
    return new Upstream(workspace, new OwnNetwork(), first, null);
  }

  /** Where it is, where it has a site of its own. */
  public Site site() {
    if (site == null) {
      throw new IllegalStateException("upstream is on the machine's own network");
    }
    return site;
  }

  /** Where the harness is itself. */
  private static final class OwnNetwork implements Place {
    @Override
    public <T> FutureTask<T> start(Callable<T> work) {
      FutureTask<T> task = new FutureTask<>(work);
      NamespaceThreads.FACTORY.newThread(task).start();
      return task;
    }
  }

  /** Pushes an image, past the cable and the relays. */
  public void push(String repository, String tag, Image image) {
    new RegistryClient(open.uri()).push(repository, tag, image);
  }

  /** The registry itself, which only relays reach. */
  public InetSocketAddress origin() {
    return open.address();
  }

  /** What the registry wrote down of its answers so far, in Apache's combined format. */
  public String accessLog() {
    return open.process().output();
  }

  /** The registry with the same content for whoever has a name and a password of that file. */
  public InetSocketAddress protectedOrigin(String passwords) throws Exception {
    Registry guarded = Registry.docker(workspace, "private", files.directory(), passwords);
    processes.add(guarded.process());
    return guarded.address();
  }

  /** The registries' own processes. */
  public List<Child> processes() {
    return List.copyOf(processes);
  }

  /**
   * Lets the cluster reach an origin under that registry's name.
   *
   * @param registry as image references name it
   */
  public Relay expose(String registry, Route route) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(first.getAddress(), first.getPort() + relays.size());
    Relay relay =
        place
            .start(
                () ->
                    new Relay(
                        address,
                        route,
                        new Relay.Surroundings(
                            NamespaceThreads.FACTORY, this::dial, SEND_BUFFER_BYTES)))
            .get();
    relays.put(registry, relay);
    return relay;
  }

  /** A connection to an origin, which is not where the relays are. */
  private Socket dial(InetSocketAddress origin) throws IOException, InterruptedException {
    try {
      return outside.submit(() -> Relay.dial(origin)).get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** From now on nobody answers at the site's ports, or somebody does again. */
  public void down(boolean isDown) throws Exception {
    for (Relay relay : relays.values()) {
      if (isDown) {
        relay.stop();
      } else {
        var _ =
            place
                .start(
                    () -> {
                      relay.start();
                      return relay;
                    })
                .get();
      }
    }
  }

  /** The registries that were exposed and where they are. */
  public Map<String, URI> registries() {
    Map<String, URI> uris = new ConcurrentHashMap<>();
    relays.forEach((registry, relay) -> uris.put(registry, relay.uri()));
    return uris;
  }

  public URI at(String registry) {
    return relay(registry).uri();
  }

  public Traffic traffic(String registry) {
    return relay(registry).traffic();
  }

  private Relay relay(String registry) {
    Relay relay = relays.get(registry);
    if (relay == null) {
      throw new IllegalArgumentException("not exposed: " + registry);
    }
    return relay;
  }

  /** Requests for content, whatever came of them. */
  public static List<Exchange> contentRequests(Traffic traffic) {
    return traffic.all().stream().filter(e -> e.blob() || e.manifest()).toList();
  }

  /** Ends the relays; the registry ends with its workspace. */
  @Override
  public void close() {
    relays.values().forEach(Relay::close);
    outside.shutdownNow();
  }
}
