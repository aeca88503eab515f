package dev.tarn.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.access.AccessPolicy;
import dev.tarn.core.access.Challenges;
import dev.tarn.core.access.CredentialKeys;
import dev.tarn.core.access.Decisions;
import dev.tarn.core.access.StandIns;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.Tag;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.DiskProofStore;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.tag.DiskTagStore;
import dev.tarn.server.mirror.Access;
import dev.tarn.server.mirror.ClientLimits;
import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.MirrorListener;
import dev.tarn.server.mirror.MirroredRegistry;
import dev.tarn.server.mirror.PeerFetches;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.Scope;
import dev.tarn.server.mirror.SecondSource;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.net.Transport;
import dev.tarn.server.registry.ExchangeListener;
import dev.tarn.server.registry.RegistryEndpoint;
import dev.tarn.server.registry.RegistrySettings;
import dev.tarn.server.upstream.AllowedTargets;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.OwnAccess;
import dev.tarn.server.upstream.Resolver;
import dev.tarn.server.upstream.Seams;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamClient;
import dev.tarn.server.upstream.UpstreamListener;
import dev.tarn.server.upstream.UpstreamSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * A whole mirror on a loopback port in front of a {@link ScriptedUpstream}: real stores in a
 * directory, real sockets, short time-outs, no pauses between attempts, and a clock that stands.
 * The registry is named {@code example.com}.
 */
public final class MirrorFixture implements AutoCloseable {
  public static final String REGISTRY = "example.com";

  /** One whose clients get their tokens through the mirror; the same upstream. */
  public static final String RELAYING = "relay.example.com";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  public final ScriptedUpstream upstream = ScriptedUpstream.start();
  public final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));

  /** By how much the mirror's monotonic clock, though not the endpoint's, is ahead. */
  public final AtomicLong nanosAhead = new AtomicLong();

  public final List<String> troubles = Collections.synchronizedList(new ArrayList<>());
  public final List<String> stale = Collections.synchronizedList(new ArrayList<>());
  public final List<Digest> corrupt = Collections.synchronizedList(new ArrayList<>());

  /** What was passed on without being kept. */
  public final List<Digest> unkept = Collections.synchronizedList(new ArrayList<>());

  public final AtomicLong fetchedBytes = new AtomicLong();

  /** How many requests were handed on to be answered. */
  public final AtomicInteger begun = new AtomicInteger();

  public final List<ExchangeListener.Finished> finished =
      Collections.synchronizedList(new ArrayList<>());

  private final Transport transport = Transport.start(2);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Path directory;
  private final DiskBlobStore store;

  public final Deliveries deliveries;

  /** Without a peer: what a test may expect of them. */
  public final PeerFetches peers;

  private final UpstreamClient client;
  private final Mirror mirror;
  private final RegistryEndpoint endpoint;

  public static MirrorFixture start(Path directory) throws IOException {
    return new MirrorFixture(directory, MirrorOptions.standard());
  }

  public static MirrorFixture start(Path directory, MirrorOptions options) throws IOException {
    return new MirrorFixture(directory, options);
  }

  private MirrorFixture(Path directory, MirrorOptions options) throws IOException {
    this.directory = directory;
    InstantSource instants = now::get;
    Clock clock = instants.withZone(ZoneOffset.UTC);
    store = DiskBlobStore.open(StoreOptions.defaults(directory), clock, options.space(), workers);
    Catalog catalog = Catalog.open(directory.resolve("catalog"));
    deliveries = new Deliveries(catalog, clock);
    peers = new PeerFetches(store, deliveries, workers);
    client = client(options.timeouts());
    MirrorListener listener = listener();
    Access access = access(catalog, clock, listener);
    Registries registries = registries(options, access);
    mirror =
        new Mirror(
            registries,
            new Mirror.Stores(
                options.stores().apply(store),
                new SecondSource(),
                new DiskTagStore(catalog),
                new DiskProofStore(catalog),
                deliveries,
                access),
            new Mirror.Surroundings(
                clock,
                () -> System.nanoTime() + nanosAhead.get(),
                options.fetching().apply(workers),
                options.timeouts().header(),
                attempt -> {},
                peers),
            listener);
    endpoint =
        RegistryEndpoint.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new RegistrySettings(
                options.maxConnections(),
                options.timeouts().header(),
                options.timeouts().stall(),
                options.timeouts().idle()),
            registries,
            mirror,
            transport,
            task ->
                workers.execute(
                    () -> {
                      begun.incrementAndGet();
                      task.run();
                    }),
            System::nanoTime,
            finished::add,
            null);
  }

  private UpstreamClient client(MirrorOptions.Timeouts timeouts) {
    return new UpstreamClient(
        transport,
        new UpstreamSettings(
            CONNECT_TIMEOUT,
            timeouts.upstreamHeader(),
            timeouts.upstreamStall(),
            1,
            AllowedTargets.NONE,
            Optional.empty(),
            "tarn/test"),
        UpstreamListener.NONE,
        new Seams(now::get, new Random(7), time -> {}, Resolver.SYSTEM, Map.of()));
  }

  private Access access(Catalog catalog, Clock clock, MirrorListener listener) throws IOException {
    SecureRandom random = new SecureRandom();
    CredentialKeys keys = CredentialKeys.open(directory.resolve("credential-key"), random);
    return new Access(
        keys,
        new Decisions(catalog, AccessPolicy.DEFAULT, clock),
        new Challenges(catalog),
        new StandIns(keys, clock, random),
        listener);
  }

  private Registries registries(MirrorOptions options, Access access) {
    Function<RegistryHost, Upstream> upstreams =
        host ->
            client.registry(List.of(Origin.of(upstream.url())), OwnAccess.NONE, access.of(host));
    RegistryHost usual = new RegistryHost(REGISTRY);
    RegistryHost relaying = new RegistryHost(RELAYING);
    MirrorOptions.Manners manners = options.manners();
    return new Registries(
        List.of(
            new MirroredRegistry(
                usual,
                upstreams.apply(usual),
                options.tags(),
                false,
                false,
                manners.refusesInOutage()),
            new MirroredRegistry(
                relaying, upstreams.apply(relaying), options.tags(), false, true, false),
            new MirroredRegistry(
                RegistryHost.DOCKER_HUB, upstreams.apply(RegistryHost.DOCKER_HUB), options.tags())),
        new ClientLimits(manners.clientRate(), manners.clientBurst(), nanosAhead::get));
  }

  private MirrorListener listener() {
    return new MirrorListener() {
      @Override
      public void trouble(String event, Scope scope, Object subject, String why) {
        troubles.add(event + " " + why);
      }

      @Override
      public void corrupt(Digest digest) {
        corrupt.add(digest);
      }

      @Override
      public void unkept(Digest digest) {
        unkept.add(digest);
      }

      @Override
      public void stale(Scope scope, Tag tag, String why) {
        stale.add(scope + ":" + tag);
      }

      @Override
      public void fetched(RegistryHost registry, Source source, long bytes) {
        fetchedBytes.addAndGet(bytes);
      }
    };
  }

  /** Waits until no blob is arriving any more. */
  public void awaitQuiet() {
    Awaitility.await("transfers end")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> mirror.transfersInFlight() == 0);
  }

  /** Waits until the mirror holds none of its content's files open. */
  public void awaitFilesClosed() {
    Awaitility.await("files are closed")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(openContent()).isEmpty());
  }

  /** The files of content that this process has open. */
  private List<String> openContent() throws IOException {
    List<String> open = new ArrayList<>();
    try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path link : links) {
        String target = target(link);
        if (target.startsWith(directory + "/blobs/")
            || target.startsWith(directory + "/partial/")) {
          open.add(target);
        }
      }
    }
    return open;
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Sends a GET; {@code headers} are whole lines. */
  public RawClient.Response get(String uri, String... headers) throws IOException {
    return RawClient.send(address(), "GET", uri, headers);
  }

  /** Sends a HEAD; {@code headers} are whole lines. */
  public RawClient.Response head(String uri, String... headers) throws IOException {
    return RawClient.send(address(), "HEAD", uri, headers);
  }

  public InetSocketAddress address() {
    return endpoint.address();
  }

  public RegistryEndpoint endpoint() {
    return endpoint;
  }

  public Mirror mirror() {
    return mirror;
  }

  public DiskBlobStore store() {
    return store;
  }

  @Override
  public void close() {
    upstream.close();
    endpoint.close();
    mirror.stop(Duration.ofSeconds(5));
    client.close();
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a worker hangs");
      }
      store.close();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    transport.close();
  }
}
