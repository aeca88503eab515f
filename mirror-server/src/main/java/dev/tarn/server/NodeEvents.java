package dev.tarn.server;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.Tag;
import dev.tarn.server.config.RegistryConfiguration;
import dev.tarn.server.logging.AccessEntry;
import dev.tarn.server.logging.AccessLog;
import dev.tarn.server.metrics.Kind;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.metrics.RegistryMetrics;
import dev.tarn.server.metrics.RequestOutcome;
import dev.tarn.server.metrics.UpstreamFailure;
import dev.tarn.server.mirror.MirrorListener;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.Scope;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.registry.ExchangeListener;
import dev.tarn.server.status.RegistryWatch;
import dev.tarn.server.status.RepositoryUses;
import dev.tarn.server.upstream.Origin;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamListener;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what the parts of a node report into metrics and log lines. Thread-safe, never blocks. */
final class NodeEvents {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.node");

  private final Metrics metrics;
  private final AccessLog accessLog = new AccessLog();
  private final RegistryWatch watch;
  private final RepositoryUses uses = new RepositoryUses(Clock.systemUTC());

  /** More than any configuration names; whoever is found beyond that counts as unknown. */
  private static final int MAX_ORIGINS = 1024;

  private final Map<String, RegistryHost> registryByOrigin = new ConcurrentHashMap<>();

  NodeEvents(Metrics metrics, Map<RegistryHost, RegistryConfiguration> registries) {
    this.metrics = metrics;
    this.watch =
        new RegistryWatch(
            Clock.systemUTC(), registries.keySet().stream().map(RegistryHost::value).toList());
    registries.forEach(
        (name, registry) -> fetchedFrom(name, MirroredRegistries.origins(name, registry)));
  }

  /** A registry may be fetched from these, too. */
  void fetchedFrom(RegistryHost registry, List<Origin> origins) {
    for (Origin origin : origins) {
      if (registryByOrigin.size() < MAX_ORIGINS) {
        registryByOrigin.putIfAbsent(origin.hostAndPort(), registry);
      }
    }
  }

  /** How the registries fare, by what is heard of them. */
  RegistryWatch watch() {
    return watch;
  }

  /** How often repositories are asked for. */
  RepositoryUses uses() {
    return uses;
  }

  static void closingFailed(String part, Exception cause) {
    LOG.atWarn().setCause(cause).addKeyValue("part", part).log("close_failed");
  }

  static void sweepFailed(Exception cause) {
    LOG.atWarn().setCause(cause).log("sweep_failed");
  }

  static void invalidated(String reference, int tags) {
    LOG.atInfo().addKeyValue("reference", reference).addKeyValue("tags", tags).log("invalidated");
  }

  static void invalidationFailed(String reference, Exception cause) {
    LOG.atError().setCause(cause).addKeyValue("reference", reference).log("invalidation_failed");
  }

  ExchangeListener exchanges() {
    return new Exchanges();
  }

  UpstreamListener upstream() {
    return new Upstreams();
  }

  MirrorListener mirror() {
    return new MirrorEvents();
  }

  private final class Exchanges implements ExchangeListener {
    @Override
    public void finished(Finished exchange) {
      MirrorRequest request = exchange.request();
      RequestOutcome outcome =
          RequestOutcome.of(
              exchange.outcome(), exchange.status(), exchange.completed(), exchange.clientLeft());
      RegistryMetrics registry =
          request == null ? metrics.ofUnknownRegistry() : metrics.of(request.scope().registry());
      metrics.requestServed(
          registry,
          kind(request),
          outcome,
          exchange.source(),
          exchange.bodyBytes(),
          exchange.firstByteNanos(),
          exchange.totalNanos(),
          exchange.trace());
      note(request, outcome, exchange.bodyBytes());
      if (accessLog.logs(outcome)) {
        accessLog.log(entry(exchange, request, outcome));
      }
    }

    private void note(@Nullable MirrorRequest request, RequestOutcome outcome, long bytes) {
      switch (outcome) {
        case HIT, MISS, STALE -> {
          if (request != null) {
            Scope scope = request.scope();
            uses.used(scope.registry().value(), scope.repository().value(), bytes);
          }
        }
        case PASSED, NOT_FOUND, DENIED, REJECTED, TIMEOUT, UNAVAILABLE, CUT, ABORTED -> {}
      }
    }

    @Override
    public void connected() {
      metrics.connectionOpened();
    }

    @Override
    public void disconnected() {
      metrics.connectionClosed();
    }

    @Override
    public void turnedAway() {
      metrics.connectionRefused();
    }

    private static AccessEntry entry(
        Finished exchange, @Nullable MirrorRequest request, RequestOutcome outcome) {
      String client =
          exchange.client() instanceof InetSocketAddress address
              ? address.getAddress().getHostAddress() + ":" + address.getPort()
              : "";
      return new AccessEntry(
          exchange.method(),
          kind(request),
          request == null ? null : request.scope().registry(),
          request == null ? null : request.scope().repository(),
          reference(request),
          exchange.status(),
          exchange.source(),
          outcome,
          exchange.bodyBytes(),
          exchange.firstByteNanos(),
          exchange.totalNanos(),
          client);
    }

    private static Kind kind(@Nullable MirrorRequest request) {
      return switch (request) {
        case null -> Kind.OTHER;
        case MirrorRequest.OfManifest _ -> Kind.MANIFEST;
        case MirrorRequest.OfBlob _ -> Kind.BLOB;
        case MirrorRequest.OfListing _ -> Kind.LISTING;
        case MirrorRequest.OfToken _ -> Kind.TOKEN;
      };
    }

    private static String reference(@Nullable MirrorRequest request) {
      return switch (request) {
        case null -> "";
        case MirrorRequest.OfManifest manifest -> manifest.reference().toString();
        case MirrorRequest.OfBlob blob -> blob.digest().toString();
        case MirrorRequest.OfListing listing -> listing.pathAndQuery();
        case MirrorRequest.OfToken _ -> "";
      };
    }
  }

  private final class Upstreams implements UpstreamListener {
    private RegistryMetrics of(String origin) {
      RegistryHost registry = registryByOrigin.get(origin);
      return registry == null ? metrics.ofUnknownRegistry() : metrics.of(registry);
    }

    /** Its registry's name; empty for one that is none's. */
    private String name(String origin) {
      RegistryHost registry = registryByOrigin.get(origin);
      return registry == null ? "" : registry.value();
    }

    @Override
    public void answered(String origin, int status, Duration time) {
      of(origin).upstreamAnswered(status, time);
      watch.answered(name(origin), status);
    }

    @Override
    public void failed(String origin, UpstreamAnswer.Reason reason, Duration time) {
      of(origin).upstreamFailed(failure(reason));
      watch.failed(name(origin), failure(reason).label());
      LOG.atWarn()
          .addKeyValue("origin", origin)
          .addKeyValue("reason", reason)
          .log("upstream_failed");
    }

    @Override
    public void bodyFailed(String origin, UpstreamAnswer.Reason reason) {
      of(origin).upstreamBodyFailed(failure(reason));
    }

    @Override
    public void quota(String origin, long remaining) {
      of(origin).upstreamQuota(remaining);
      watch.quota(name(origin), remaining);
    }

    @Override
    public void limited(String origin, Duration leftAlone) {
      LOG.atWarn()
          .addKeyValue("origin", origin)
          .addKeyValue("seconds", leftAlone.toSeconds())
          .log("upstream_limits_rate");
    }

    @Override
    public void rests(String origin, Duration leftAlone) {
      LOG.atWarn()
          .addKeyValue("origin", origin)
          .addKeyValue("millis", leftAlone.toMillis())
          .log("upstream_left_alone");
    }

    private static UpstreamFailure failure(UpstreamAnswer.Reason reason) {
      return switch (reason) {
        case CONNECT -> UpstreamFailure.CONNECT;
        case TIMEOUT -> UpstreamFailure.TIMEOUT;
        case TLS -> UpstreamFailure.TLS;
        case BROKEN -> UpstreamFailure.BROKEN;
        case STATUS, PROTOCOL -> UpstreamFailure.PROTOCOL;
        case FORBIDDEN_TARGET -> UpstreamFailure.FORBIDDEN_TARGET;
      };
    }
  }

  private final class MirrorEvents implements MirrorListener {
    @Override
    public void fetched(RegistryHost registry, Source source, long bytes) {
      metrics.bytesFetched(metrics.of(registry), source, bytes);
    }

    @Override
    public void unkept(Digest digest) {
      metrics.blobUnkept();
    }

    @Override
    public void corrupt(Digest digest) {
      metrics.blobCorrupt();
      LOG.atError().addKeyValue("digest", digest).log("blob_corrupt_on_disk");
    }

    @Override
    public void stale(Scope scope, Tag tag, String why) {
      LOG.atWarn()
          .addKeyValue("scope", scope)
          .addKeyValue("tag", tag)
          .addKeyValue("why", why)
          .log("stale_tag_served");
    }

    @Override
    public void byWitnesses(Scope scope, Tag tag, Digest digest) {
      metrics.of(scope.registry()).tagFromPeers();
      LOG.atWarn()
          .addKeyValue("scope", scope)
          .addKeyValue("tag", tag)
          .addKeyValue("digest", digest)
          .log("tag_by_other_nodes_word");
    }

    @Override
    public void trouble(String event, Scope scope, Object subject, String why) {
      LOG.atWarn()
          .addKeyValue("scope", scope)
          .addKeyValue("subject", subject)
          .addKeyValue("why", why)
          .log(event);
    }
  }
}
