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
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
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
import dev.tarn.server.mirror.TagRules;
import dev.tarn.server.net.Transport;
import dev.tarn.server.registry.ExchangeListener;
import dev.tarn.server.registry.RegistryEndpoint;
import dev.tarn.server.registry.RegistrySettings;
import dev.tarn.server.upstream.AllowedTargets;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.OwnAccess;
import dev.tarn.server.upstream.Resolver;
import dev.tarn.server.upstream.Seams;
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
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
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
  public final AtomicLong fetchedBytes = new AtomicLong();
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

  /** What a test may want otherwise. */
  public record Options(
      Timeouts timeouts,
      TagRules tags,
      int maxConnections,
      FileSystemSpace space,
      UnaryOperator<BlobStore> stores,
      Manners manners) {
    /**
     * How the mirror behaves towards its upstream.
     *
     * @param clientRate requests a second that a client may cause, by the mirror's monotonic clock,
     *     which stands; 0 for no limit
     */
    public record Manners(int clientRate, int clientBurst, boolean refusesInOutage) {}

    /** How long the endpoint, and the upstream client, wait for what. */
    public record Timeouts(
        Duration header,
        Duration stall,
        Duration idle,
        Duration upstreamHeader,
        Duration upstreamStall) {}

    /** Short enough for tests that wait for time-outs. */
    public static Options standard() {
      return new Options(
          new Timeouts(
              Duration.ofMillis(1500),
              Duration.ofMillis(600),
              Duration.ofSeconds(30),
              Duration.ofSeconds(4),
              Duration.ofMillis(400)),
          repository -> Duration.ZERO,
          256,
          space(Long.MAX_VALUE / 2),
          store -> store,
          new Manners(0, 0, false));
    }

    /** For tests in which nothing times out, however slow the machine is. */
    public static Options patient() {
      Duration patience = Duration.ofSeconds(20);
      return standard().with(new Timeouts(patience, patience, patience, patience, patience));
    }

    private Options with(Timeouts changed) {
      return new Options(changed, tags, maxConnections, space, stores, manners);
    }

    public Options withHeaderTimeout(Duration changed) {
      return with(
          new Timeouts(
              changed,
              timeouts.stall(),
              timeouts.idle(),
              timeouts.upstreamHeader(),
              timeouts.upstreamStall()));
    }

    public Options withStallTimeout(Duration changed) {
      return with(
          new Timeouts(
              timeouts.header(),
              changed,
              timeouts.idle(),
              timeouts.upstreamHeader(),
              timeouts.upstreamStall()));
    }

    public Options withIdleTimeout(Duration changed) {
      return with(
          new Timeouts(
              timeouts.header(),
              timeouts.stall(),
              changed,
              timeouts.upstreamHeader(),
              timeouts.upstreamStall()));
    }

    public Options withUpstreamStallTimeout(Duration changed) {
      return with(
          new Timeouts(
              timeouts.header(),
              timeouts.stall(),
              timeouts.idle(),
              timeouts.upstreamHeader(),
              changed));
    }

    public Options withMaxAge(Duration changed) {
      return withTags(repository -> changed);
    }

    public Options withTags(TagRules changed) {
      return new Options(timeouts, changed, maxConnections, space, stores, manners);
    }

    public Options withMaxConnections(int changed) {
      return new Options(timeouts, tags, changed, space, stores, manners);
    }

    /** Wraps the blob store that the mirror sees. */
    public Options withStore(UnaryOperator<BlobStore> changed) {
      return new Options(timeouts, tags, maxConnections, space, changed, manners);
    }

    public Options withSpace(FileSystemSpace changed) {
      return new Options(timeouts, tags, maxConnections, changed, stores, manners);
    }

    public Options withClientLimit(int rate, int burst) {
      return with(new Manners(rate, burst, manners.refusesInOutage()));
    }

    /** Nothing is served by grace. */
    public Options refusingInOutage() {
      return with(new Manners(manners.clientRate(), manners.clientBurst(), true));
    }

    private Options with(Manners changed) {
      return new Options(timeouts, tags, maxConnections, space, stores, changed);
    }

    /** A disk with so many bytes free of a hundred times that many. */
    public Options withFreeSpace(long free) {
      return withSpace(space(free));
    }

    private static FileSystemSpace space(long free) {
      return new FileSystemSpace() {
        @Override
        public long totalBytes() {
          return free > Long.MAX_VALUE / 200 ? Long.MAX_VALUE / 2 : free * 100;
        }

        @Override
        public long usableBytes() {
          return free;
        }
      };
    }
  }

  public static MirrorFixture start(Path directory) throws IOException {
    return new MirrorFixture(directory, Options.standard());
  }

  public static MirrorFixture start(Path directory, Options options) throws IOException {
    return new MirrorFixture(directory, options);
  }

  private MirrorFixture(Path directory, Options options) throws IOException {
    this.directory = directory;
    InstantSource instants = now::get;
    Clock clock = instants.withZone(ZoneOffset.UTC);
    store = DiskBlobStore.open(StoreOptions.defaults(directory), clock, options.space(), workers);
    Catalog catalog = Catalog.open(directory.resolve("catalog"));
    deliveries = new Deliveries(catalog, clock);
    peers = new PeerFetches(store, deliveries, workers);
    client =
        new UpstreamClient(
            transport,
            new UpstreamSettings(
                CONNECT_TIMEOUT,
                options.timeouts().upstreamHeader(),
                options.timeouts().upstreamStall(),
                1,
                AllowedTargets.NONE,
                "tarn/test"),
            UpstreamListener.NONE,
            new Seams(instants, new Random(7), time -> {}, Resolver.SYSTEM, Map.of()));
    MirrorListener listener = listener();
    SecureRandom random = new SecureRandom();
    CredentialKeys keys = CredentialKeys.open(directory.resolve("credential-key"), random);
    Access access =
        new Access(
            keys,
            new Decisions(catalog, AccessPolicy.DEFAULT, clock),
            new Challenges(catalog),
            new StandIns(keys, clock, random),
            listener);
    Registries registries =
        new Registries(
            List.of(
                new MirroredRegistry(
                    new RegistryHost(REGISTRY),
                    client.registry(
                        List.of(Origin.of(upstream.url())),
                        OwnAccess.NONE,
                        access.of(new RegistryHost(REGISTRY))),
                    options.tags(),
                    false,
                    false,
                    options.manners().refusesInOutage()),
                new MirroredRegistry(
                    new RegistryHost(RELAYING),
                    client.registry(
                        List.of(Origin.of(upstream.url())),
                        OwnAccess.NONE,
                        access.of(new RegistryHost(RELAYING))),
                    options.tags(),
                    false,
                    true,
                    false),
                new MirroredRegistry(
                    RegistryHost.DOCKER_HUB,
                    client.registry(
                        List.of(Origin.of(upstream.url())),
                        OwnAccess.NONE,
                        access.of(RegistryHost.DOCKER_HUB)),
                    options.tags())),
            new ClientLimits(
                options.manners().clientRate(), options.manners().clientBurst(), nanosAhead::get));
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
                workers,
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
            workers,
            System::nanoTime,
            finished::add,
            null);
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
