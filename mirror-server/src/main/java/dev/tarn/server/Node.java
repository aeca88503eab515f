package dev.tarn.server;

import dev.tarn.core.access.AccessPolicy;
import dev.tarn.core.access.Challenges;
import dev.tarn.core.access.CredentialKeys;
import dev.tarn.core.access.Decisions;
import dev.tarn.core.access.StandIns;
import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.containerd.ContainerdOptions;
import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.DiskProofStore;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.tag.DiskTagStore;
import dev.tarn.server.admin.AdminEndpoint;
import dev.tarn.server.admin.Invalidation;
import dev.tarn.server.admin.MetricsFormat;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.PeerMode;
import dev.tarn.server.credentials.ConfiguredCredentials;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.metrics.MetricsPage;
import dev.tarn.server.metrics.PeerMetrics;
import dev.tarn.server.metrics.ScrapedMetrics;
import dev.tarn.server.mirror.Access;
import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.PeerFetches;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.SecondSource;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.runtime.HeldChanges;
import dev.tarn.server.registry.RegistryEndpoint;
import dev.tarn.server.registry.RegistrySettings;
import dev.tarn.server.status.History;
import dev.tarn.server.status.Images;
import dev.tarn.server.upstream.Seams;
import dev.tarn.server.upstream.UpstreamClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's mirror, running: stores, upstream client, registry endpoint and admin endpoint, put
 * together from a configuration. Starting needs neither network nor upstream.
 */
public final class Node implements AutoCloseable {
  private static final Duration MAINTENANCE_PERIOD = Duration.ofSeconds(5);

  /** How long transfers may take to end once nobody reads them: a byte's time, or a stall. */
  private static final Duration TRANSFERS_END = Duration.ofSeconds(2);

  private static final Duration SWEEP_PERIOD = Duration.ofHours(6);
  private static final Duration RECORDS_KEPT = Duration.ofDays(30);

  private final Configuration configuration;
  private final List<Part> parts = new ArrayList<>();
  private final Metrics metrics;
  private final ScrapedMetrics scraped;
  private final RegistryEndpoint registry;
  private final AdminEndpoint admin;
  private final Mirror mirror;
  private final @Nullable PeerFetches peers;
  private final Optional<ClusterMembership> membership;
  private volatile @Nullable AgentLink agent;
  private volatile @Nullable OperatorView overview;
  private volatile boolean ready;

  /** Something that was started and is to be closed, in the reverse order. */
  private record Part(String name, AutoCloseable resource) {}

  private Node(Configuration configuration, String version) throws IOException {
    this.configuration = configuration;
    try {
      // Loading Netty takes about as long as all the rest, so they share the time.
      Meanwhile<Transport> loops = Meanwhile.start(() -> Transport.start(eventLoops()));
      open("event loops", loops::close);
      PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      Set<RegistryHost> hosts = configuration.registries().keySet();
      this.metrics = new Metrics(meters, hosts, version);
      this.scraped = open("metrics", new ScrapedMetrics(meters, hosts));
      ExecutorService workers = open("workers", Executors.newVirtualThreadPerTaskExecutor());
      Path path = configuration.store().path();
      DiskBlobStore blobs =
          open(
              "blob store",
              DiskBlobStore.open(
                  storeOptions(), Clock.systemUTC(), FileSystemSpace.of(path), workers));
      Catalog catalog = Catalog.open(path.resolve("catalog"));
      DiskProofStore proofs = new DiskProofStore(catalog);
      DiskTagStore tags = new DiskTagStore(catalog);
      Deliveries deliveries = new Deliveries(catalog, Clock.systemUTC());
      NodeEvents events = new NodeEvents(metrics, configuration.registries());
      Transport transport = loops.get();
      MetricsPage page = new MetricsPage(meters, metrics);
      this.admin = open("admin endpoint", adminEndpoint(transport, page, workers));
      UpstreamClient client =
          open(
              "upstream client",
              new UpstreamClient(
                  transport,
                  MirroredRegistries.settings(configuration.upstream(), version),
                  events.upstream(),
                  Seams.system()));
      Decisions decisions =
          new Decisions(
              catalog,
              new AccessPolicy(
                  configuration.access().decisionTime(), configuration.access().graceTime()),
              Clock.systemUTC());
      SecureRandom random = new SecureRandom();
      CredentialKeys keys = CredentialKeys.open(path.resolve("credential-key"), random);
      Access access =
          new Access(
              keys,
              decisions,
              new Challenges(catalog),
              new StandIns(keys, Clock.systemUTC(), random),
              events.mirror());
      ConfiguredCredentials credentials =
          new ConfiguredCredentials(Clock.systemUTC(), System::nanoTime, workers);
      MirroredRegistries.Built built =
          MirroredRegistries.of(configuration, client, access, credentials);
      Registries registries = built.registries();
      AgentLink link = agentLink(built, events);
      this.agent = link;
      SecondSource second = open("containerd's content", new SecondSource());
      HeldChanges held = new HeldChanges(digest -> blobs.sizeOf(digest).isPresent());
      blobs.onGone(
          digest -> {
            held.ownGone(digest, second.sizeOf(digest).isPresent());
            second.want(digest);
          });
      this.peers =
          configuration.peers().mode() == PeerMode.NONE
              ? null
              : new PeerFetches(blobs, deliveries, workers, configuration.peers().wordInOutage());
      if (peers != null) {
        // A node that was just restarted would else fetch alone what its peers have.
        peers.expect();
      }
      this.mirror =
          new Mirror(
              registries,
              new Mirror.Stores(blobs, second, tags, proofs, deliveries, access),
              surroundings(workers, peers),
              events.mirror());
      scraped.bindStore(blobs::statistics);
      scraped.bindTransfers(mirror::transfersInFlight);
      scraped.bindReady(() -> ready);
      scraped.bindNetty(((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric());
      this.registry =
          open(
              "registry endpoint",
              RegistryEndpoint.start(
                  configuration.registry().listen().toSocketAddress(),
                  registrySettings(),
                  registries,
                  mirror,
                  transport,
                  workers,
                  System::nanoTime,
                  events.exchanges(),
                  link == null ? null : link.requests()));
      ScheduledExecutorService timer =
          open(
              "maintenance",
              maintenance(blobs, second, new Records(proofs, deliveries, decisions), workers));
      if (link != null) {
        scraped.bindAgent(link::figures);
        every(MAINTENANCE_PERIOD, timer, () -> workers.execute(link::look));
      }
      this.membership =
          new Peers(
                  configuration.peers(),
                  System.getenv(),
                  path.resolve("members.json"),
                  transport,
                  workers,
                  timer)
              .membership(metrics);
      OperatorView.@Nullable Among among = null;
      if (peers != null && membership.isPresent()) {
        long half = configuration.registry().headerTimeout().toMillis() / 2;
        timer.schedule(peers::expectNoLonger, half, TimeUnit.MILLISECONDS);
        ClusterMembership known = open("membership", membership.get());
        PeerMetrics peerMetrics = metrics.peers();
        PeerNetwork network =
            new PeerNetwork(
                configuration.peers(),
                known,
                new PeerNetwork.Content(peers, second, deliveries, held),
                new PeerNetwork.Parts(transport, workers, timer, peerMetrics, this::word));
        among = new OperatorView.Among(known, network, peerMetrics);
        known.listen(open("peers", network));
      }
      OperatorView view =
          new OperatorView(
              configuration,
              version,
              new OperatorView.Sources(
                  metrics,
                  blobs,
                  second,
                  mirror,
                  events.watch(),
                  new Images(
                      new HeldImages(catalog, tags, digest -> sizeOf(digest, blobs, second)),
                      events.uses(),
                      System::nanoTime),
                  link,
                  among,
                  () -> ready));
      every(History.STEP, timer, view::sample);
      overview = view;
      ready = true;
      workers.execute(scraped::bindJvm);
      workers.execute(credentials::load);
      // Not before: they take longer to load than all the rest. containerd's content first, so that
      // peers are told of it.
      workers.execute(
          () -> {
            openContainerd(second, blobs, held);
            membership.ifPresent(ClusterMembership::start);
          });
    } catch (IOException | RuntimeException e) {
      closeParts();
      throw e;
    }
  }

  /**
   * Starts a node.
   *
   * @throws IOException where its store cannot be used or an address cannot be bound
   */
  public static Node start(Configuration configuration, String version) throws IOException {
    return new Node(configuration, version);
  }

  private <T extends AutoCloseable> T open(String name, T resource) {
    parts.add(new Part(name, resource));
    return resource;
  }

  /** Of what is here, in this node's store or containerd's. */
  private static OptionalLong sizeOf(Digest digest, DiskBlobStore blobs, SecondSource second) {
    OptionalLong own = blobs.sizeOf(digest);
    return own.isPresent() ? own : second.sizeOf(digest);
  }

  private AdminEndpoint adminEndpoint(
      Transport transport, MetricsPage page, ExecutorService workers) throws IOException {
    return AdminEndpoint.start(
        transport.group(),
        transport.serverChannel(),
        configuration.admin().listen().toSocketAddress(),
        new AdminEndpoint.Answers(
            () -> ready,
            format -> scrape(page, format),
            this::invalidate,
            () -> overview,
            configuration.admin().tokenFile(),
            workers));
  }

  private @Nullable AgentLink agentLink(MirroredRegistries.Built built, NodeEvents events) {
    Path directory = configuration.agent().directory().orElse(null);
    return directory == null
        ? null
        : new AgentLink(directory, configuration, built.open(), () -> ready, events);
  }

  private String scrape(MetricsPage page, MetricsFormat format) {
    AgentLink link = agent;
    return switch (format) {
      case TEXT -> page.text(link == null ? "" : link.exposition());
      case OPEN_METRICS -> page.openMetrics(link == null ? "" : link.openMetrics());
    };
  }

  /** What this node tells its peers of itself; nothing until it can. */
  private String word() {
    OperatorView view = overview;
    return view == null ? "" : view.word();
  }

  /** For the admin endpoint, which asks for it once this node is ready. */
  private Invalidation invalidate(String reference) {
    return new Invalidations(mirror, metrics, configuration.registries().keySet())
        .invalidate(reference);
  }

  private static int eventLoops() {
    return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
  }

  private StoreOptions storeOptions() {
    Configuration.Store store = configuration.store();
    return new StoreOptions(
        store.path(),
        store.maxSize(),
        store.minFree().value() / 100,
        store.reserveFree().value() / 100,
        store.partialMaxSize(),
        store.partialTtl());
  }

  private RegistrySettings registrySettings() {
    Configuration.RegistryEndpoint endpoint = configuration.registry();
    return new RegistrySettings(
        endpoint.maxConnections(),
        endpoint.headerTimeout(),
        endpoint.stallTimeout(),
        endpoint.idleTimeout());
  }

  private void openContainerd(SecondSource second, DiskBlobStore blobs, HeldChanges held) {
    configuration
        .containerd()
        .contentStore()
        .ifPresent(
            directory -> {
              Path verified = configuration.store().path().resolve("containerd-verified");
              ContainerdStore store =
                  ContainerdStore.open(
                      new ContainerdOptions(
                          directory, verified, digest -> blobs.sizeOf(digest).isPresent()),
                      System::nanoTime,
                      held);
              second.connect(store);
              blobs.evictFirst(store::holds);
              scraped.bindContainerd(store::statistics);
            });
  }

  private Mirror.Surroundings surroundings(ExecutorService workers, @Nullable PeerFetches peers) {
    return new Mirror.Surroundings(
        Clock.systemUTC(),
        System::nanoTime,
        workers,
        configuration.registry().headerTimeout(),
        Node::backOff,
        peers);
  }

  /** 100 ms, doubled with each attempt, half of it at random. */
  private static void backOff(int attempt) throws InterruptedException {
    long millis = 100L << Math.min(attempt, 6);
    Thread.sleep(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2));
  }

  private static ScheduledExecutorService maintenance(
      DiskBlobStore blobs, SecondSource second, Records records, ExecutorService workers) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("tarn-maintenance").daemon().factory());
    // Closing it waits for nothing that is put off, such as the next look at a name.
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    every(MAINTENANCE_PERIOD, timer, () -> workers.execute(blobs::maintain));
    every(SWEEP_PERIOD, timer, () -> workers.execute(() -> sweep(blobs, second, records)));
    return timer;
  }

  private static void every(Duration period, ScheduledExecutorService timer, Runnable task) {
    timer.scheduleWithFixedDelay(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void sweep(DiskBlobStore blobs, SecondSource second, Records records) {
    Instant old = Clock.systemUTC().instant().minus(RECORDS_KEPT);
    try {
      records.sweep(digest -> blobs.sizeOf(digest).isPresent() || second.holds(digest), old);
    } catch (IOException e) {
      NodeEvents.sweepFailed(e);
    }
  }

  /** Shows in the metrics how many log events were dropped. */
  void watchLog(LongSupplier dropped) {
    scraped.bindLog(dropped);
  }

  /** Where the registry endpoint listens. */
  public InetSocketAddress registryAddress() {
    return registry.address();
  }

  /** Where the admin endpoint listens. */
  public InetSocketAddress adminAddress() {
    return admin.address();
  }

  /** The other nodes; empty where this one is alone. */
  public Optional<ClusterMembership> membership() {
    return membership;
  }

  /** Whether it asks its peers by now. */
  public boolean hasPeers() {
    return peers != null && peers.connected();
  }

  /**
   * Stops: no longer ready; serves on until nothing leads containerd here; then answers under way
   * finish within the limit, the rest ends by FIN.
   */
  @Override
  public void close() {
    AgentLink link = agent;
    if (link != null) {
      link.drain();
    }
    ready = false;
    if (link != null) {
      link.awaitWithdrawal(configuration.shutdown().agentTimeout());
    }
    registry.drain(configuration.shutdown().drainTimeout());
    mirror.stop(TRANSFERS_END);
    closeParts();
  }

  private void closeParts() {
    for (Part part : parts.reversed()) {
      try {
        part.resource().close();
      } catch (Exception e) {
        NodeEvents.closingFailed(part.name(), e);
      }
    }
    parts.clear();
  }
}
