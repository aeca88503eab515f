package dev.tarn.server;

import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreStatistics;
import dev.tarn.server.admin.Overview;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.NodeName;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.MemberState;
import dev.tarn.server.metrics.AgentFigures;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.metrics.PeerMetrics;
import dev.tarn.server.mirror.InFlight;
import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.SecondSource;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.status.ClusterView;
import dev.tarn.server.status.History;
import dev.tarn.server.status.Images;
import dev.tarn.server.status.MemberFacts;
import dev.tarn.server.status.MemberFacts.MemberFact;
import dev.tarn.server.status.NodeFacts;
import dev.tarn.server.status.NodeFacts.Effect;
import dev.tarn.server.status.NodeStatus;
import dev.tarn.server.status.NodeWord;
import dev.tarn.server.status.RegistryWatch;
import dev.tarn.server.status.TransferFacts;
import dev.tarn.server.status.TransferSums;
import dev.tarn.server.status.TransfersJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Gathers what a node tells its operator, when it is asked. Thread-safe. */
final class OperatorView implements Overview {
  private static final Duration AN_HOUR = Duration.ofHours(1);
  private static final Duration LATELY = Duration.ofMinutes(10);
  private static final Duration TOLD_FOR = Duration.ofSeconds(1);
  private static final Duration SILENT_AFTER = Duration.ofMinutes(1);

  private final Configuration configuration;
  private final String version;
  private final Sources sources;
  private final FileSystemSpace space;
  private final String nodeName;
  private final History history;
  private final ClusterView cluster;

  // Guarded by this.
  private @Nullable String told;
  private long toldNanos;

  /**
   * Where it has it from.
   *
   * @param link null where there is no agent
   * @param among null where the node is alone
   */
  record Sources(
      Metrics metrics,
      DiskBlobStore blobs,
      SecondSource second,
      Mirror mirror,
      RegistryWatch registries,
      Images images,
      @Nullable AgentLink link,
      @Nullable Among among,
      BooleanSupplier ready) {}

  /** The node among its peers. */
  record Among(ClusterMembership membership, PeerNetwork network, PeerMetrics metrics) {}

  OperatorView(Configuration configuration, String version, Sources sources) {
    this.configuration = configuration;
    this.version = version;
    this.sources = sources;
    this.space = FileSystemSpace.of(configuration.store().path());
    this.nodeName = NodeName.of(configuration.peers(), System.getenv());
    Among among = sources.among();
    CountedFigures figures =
        new CountedFigures(sources.metrics(), among == null ? null : among.metrics());
    this.history = new History(System::nanoTime, figures::now);
    this.cluster =
        new ClusterView(
            new MemberNeighbours(
                among,
                () -> new MemberNeighbours.Self(identity(among).node(), identity(among).zone()),
                () -> among == null ? List.of() : members(among).members()),
            () -> NodeWord.of(now()),
            ClusterView.Limits.DEFAULT,
            Clock.systemUTC(),
            System::nanoTime);
  }

  /** Once in each {@link History#STEP}. */
  void sample() {
    history.sample();
  }

  @Override
  public String status() {
    return now().json();
  }

  @Override
  public String cluster() throws InterruptedException {
    return cluster.json();
  }

  /** What it tells its peers; the same for a moment, however many ask. */
  synchronized String word() {
    long nanos = System.nanoTime();
    String known = told;
    if (known == null || nanos - toldNanos >= TOLD_FOR.toNanos()) {
      known = NodeWord.of(now()).json();
      told = known;
      toldNanos = nanos;
    }
    return known;
  }

  @Override
  public String transfers(boolean names) {
    return TransfersJson.of(transfers(), names);
  }

  private List<TransferFacts> transfers() {
    return sources.mirror().inFlight().stream().map(OperatorView::transfer).toList();
  }

  @Override
  public String images() {
    try {
      return sources.images().json();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TransferFacts transfer(InFlight transfer) {
    Source source = transfer.source();
    return new TransferFacts(
        transfer.scope().registry().value(),
        transfer.scope().repository().value(),
        transfer.digest().toString(),
        transfer.manifest(),
        transfer.size() == BlobStore.UNKNOWN_SIZE
            ? OptionalLong.empty()
            : OptionalLong.of(transfer.size()),
        transfer.receivedBytes(),
        transfer.cameBytes(),
        Optional.ofNullable(source).map(known -> known.name().toLowerCase(Locale.ROOT)),
        transfer.nanos(),
        transfer.readers());
  }

  private NodeStatus now() {
    Among among = sources.among();
    return NodeStatus.of(
        new NodeFacts(
            identity(among),
            Clock.systemUTC().instant(),
            sources.ready().getAsBoolean(),
            history.sinceStart(),
            history.within(AN_HOUR),
            history.within(LATELY),
            store(),
            TransferSums.of(transfers()),
            sources.registries().now(),
            Optional.ofNullable(among).map(this::members),
            Optional.ofNullable(among).flatMap(known -> known.network().certificateExpires()),
            Optional.ofNullable(sources.link()).map(OperatorView::agent),
            isContainerdUnreadable(),
            configuration.admin().tokenFile().isPresent()));
  }

  private NodeFacts.Identity identity(@Nullable Among among) {
    return among == null
        ? new NodeFacts.Identity(nodeName, configuration.peers().zone(), version)
        : new NodeFacts.Identity(among.membership().selfName(), among.membership().zone(), version);
  }

  private NodeFacts.Store store() {
    StoreStatistics store = sources.blobs().statistics();
    long total = space.totalBytes();
    return new NodeFacts.Store(
        store.blobs(),
        store.bytes(),
        store.partialBytes(),
        store.limitBytes(),
        store.squeezed(),
        total > 0
            ? Optional.of(new NodeFacts.Space(space.usableBytes(), total))
            : Optional.empty());
  }

  private MemberFacts members(Among among) {
    ClusterMembership membership = among.membership();
    List<MemberFact> members =
        membership.current().members().stream()
            .map(
                member ->
                    new MemberFact(member.name(), member.zone(), state(membership.stateOf(member))))
            .toList();
    return new MemberFacts(
        configuration.peers().mode().toString(),
        membership.age().toSeconds(),
        membership.self().isPresent(),
        members);
  }

  private static MemberFacts.State state(MemberState state) {
    return switch (state) {
      case READY -> MemberFacts.State.READY;
      case NOT_READY -> MemberFacts.State.NOT_READY;
      case AVOIDED -> MemberFacts.State.AVOIDED;
    };
  }

  private static NodeFacts.Agent agent(AgentLink link) {
    AgentFigures figures = link.figures();
    boolean silent = figures.reportAgeSeconds() >= SILENT_AFTER.toSeconds();
    return new NodeFacts.Agent(
        figures.entries(),
        figures.reportAgeSeconds(),
        silent ? Effect.SILENT : link.verdict().map(Effect::of).orElse(Effect.UNKNOWN),
        figures.leftOut().stream()
            .map(registry -> registry.map(RegistryHost::value).orElse("unknown"))
            .sorted()
            .toList());
  }

  private boolean isContainerdUnreadable() {
    ContainerdStore store = sources.second().store();
    return store != null && !store.statistics().readable();
  }
}
