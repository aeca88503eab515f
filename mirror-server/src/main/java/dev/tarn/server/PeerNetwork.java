package dev.tarn.server;

import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.server.config.PeersConfiguration;
import dev.tarn.server.membership.ClusterMembership;
import dev.tarn.server.membership.MembershipListener;
import dev.tarn.server.metrics.PeerMetrics;
import dev.tarn.server.mirror.PeerFetches;
import dev.tarn.server.mirror.SecondSource;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.PeerClient;
import dev.tarn.server.peer.PeerEndpoint;
import dev.tarn.server.peer.PeerFailure;
import dev.tarn.server.peer.PeerSettings;
import dev.tarn.server.peer.PeerSurroundings;
import dev.tarn.server.peer.StatusOutcome;
import dev.tarn.server.peer.runtime.BlobFiles;
import dev.tarn.server.peer.runtime.HeldChanges;
import dev.tarn.server.peer.runtime.PeerRuntime;
import dev.tarn.server.peer.runtime.WithContainerd;
import dev.tarn.server.peer.tls.IdentityFiles;
import dev.tarn.server.peer.tls.PeerTls;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This node among its peers: begins once the membership knows it, and follows the membership from
 * then on. Until then, and where its port cannot be bound, the node goes upstream alone.
 * Thread-safe.
 */
final class PeerNetwork implements MembershipListener, AutoCloseable {
  private static final long RETRY_SECONDS = 10;
  private static final long RELOAD_SECONDS = 5;

  private final PeersConfiguration configuration;
  private final ClusterMembership membership;
  private final Content content;
  private final Parts parts;
  private final PeerEvents events;

  // Guarded by this.
  private @Nullable Running running;
  private boolean warned;
  private boolean starting;
  private boolean closed;

  /**
   * What it runs on; {@code timer} is only to hand over to {@code workers}.
   *
   * @param word what this node tells its peers of itself; asked on {@code workers}
   */
  record Parts(
      Transport transport,
      Executor workers,
      ScheduledExecutorService timer,
      PeerMetrics metrics,
      Supplier<String> word) {}

  /**
   * What this node has to give.
   *
   * @param deliveries under which registries it may be given
   * @param held is told who wants to hear of it
   */
  record Content(
      PeerFetches fetches, SecondSource second, Deliveries deliveries, HeldChanges held) {
    BlobFiles files() {
      ContainerdStore containerd = second.store();
      return containerd == null
          ? fetches
          : new WithContainerd(fetches, containerd, deliveries::delivered);
    }

    void tellChanges(PeerRuntime runtime) {
      held.tell(
          (digest, size) -> deliveries.keys(digest).forEach(key -> runtime.stored(key, size)),
          digest -> deliveries.keys(digest).forEach(runtime::evicted));
    }
  }

  private record Running(
      PeerRuntime runtime, PeerClient client, PeerEndpoint endpoint, Optional<PeerTls> tls) {}

  PeerNetwork(
      PeersConfiguration configuration,
      ClusterMembership membership,
      Content content,
      Parts parts) {
    this.configuration = configuration;
    this.membership = membership;
    this.content = content;
    this.parts = parts;
    this.events = new PeerEvents(parts.metrics(), membership);
  }

  @Override
  public void changed(Membership before, Membership after) {
    String self = membership.selfName();
    boolean start;
    PeerRuntime runtime;
    synchronized (this) {
      runtime = running == null ? null : running.runtime();
      start = running == null && !starting && after.find(self).isPresent();
      starting |= start;
      if (running == null && !start && !starting && !warned && !after.members().isEmpty()) {
        warned = true;
        content.fetches().expectNoLonger();
        PeerEvents.notAMember(self);
      }
    }
    if (runtime != null) {
      runtime.membershipChanged(after);
    } else if (start) {
      work(() -> start(self));
    }
  }

  @Override
  public void sourceFailed(Throwable cause) {
    // The last snapshot stays.
  }

  private void work(Runnable task) {
    try {
      parts.workers().execute(task);
    } catch (RejectedExecutionException e) {
      // The node is closing.
    }
  }

  private void later(long seconds, Runnable task) {
    try {
      parts.timer().schedule(() -> work(task), seconds, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      // The node is closing.
    }
  }

  /** Loads certificates and binds a port: blocks. */
  private void start(String self) {
    PeerSettings settings = settings();
    PeerSurroundings surroundings =
        new PeerSurroundings(
            parts.transport(), parts.workers(), System::nanoTime, Clock.systemUTC());
    Optional<PeerTls> tls = configuration.tls().map(files -> tls(files, self, settings));
    PeerClient client = new PeerClient(self, settings, tls, surroundings, events);
    PeerRuntime runtime =
        new PeerRuntime(
            new PeerRuntime.Parts(
                self,
                content.files(),
                content.fetches(),
                client,
                parts.workers(),
                System::nanoTime,
                new SplittableRandom(),
                events,
                parts.word()),
            membership.current());
    PeerEndpoint endpoint;
    try {
      endpoint =
          PeerEndpoint.start(
              configuration.listen().toSocketAddress(),
              self,
              settings,
              tls,
              runtime,
              surroundings,
              events);
    } catch (IOException e) {
      runtime.close();
      client.close();
      PeerEvents.startFailed(e);
      content.fetches().expectNoLonger();
      later(RETRY_SECONDS, () -> start(self));
      return;
    }
    Running started = new Running(runtime, client, endpoint, tls);
    if (!adopt(started)) {
      stop(started);
      return;
    }
    // What changed while it started.
    runtime.membershipChanged(membership.current());
    tls.ifPresent(this::reloadLater);
    parts.metrics().bindChunks(endpoint::uploads, client::downloads);
    tls.ifPresent(this::showExpiry);
    content.tellChanges(runtime);
    content.fetches().connect(runtime);
    PeerEvents.started(self, endpoint.address(), tls.isPresent());
  }

  /** When this node's certificate expires; empty where it has none, or none yet. */
  synchronized Optional<Instant> certificateExpires() {
    return running == null ? Optional.empty() : running.tls().flatMap(PeerTls::validUntil);
  }

  /** Asks how a member is; {@code then} hears once what became of it. */
  void askStatus(Member of, Consumer<StatusOutcome> then) {
    Running now;
    synchronized (this) {
      now = running;
    }
    if (now == null) {
      then.accept(new StatusOutcome.Silent(PeerFailure.EXHAUSTED));
    } else {
      now.client().status(of, then);
    }
  }

  private void showExpiry(PeerTls tls) {
    parts.metrics().bindCertificate(() -> tls.validUntil().map(Instant::getEpochSecond).orElse(0L));
  }

  private synchronized boolean adopt(Running started) {
    if (!closed) {
      running = started;
    }
    return !closed;
  }

  private PeerSettings settings() {
    PeersConfiguration.Limits limits = configuration.limits();
    return PeerSettings.DEFAULT
        .withUploads(limits.maxUploads())
        .withBandwidth(limits.uploadBandwidth(), limits.downloadBandwidth());
  }

  private PeerTls tls(PeersConfiguration.Tls files, String self, PeerSettings settings) {
    return new PeerTls(
        new IdentityFiles(files.certificate(), files.key(), files.ca()),
        self,
        settings.handshakeTimeout(),
        parts.workers(),
        events);
  }

  private void reloadLater(PeerTls tls) {
    later(
        RELOAD_SECONDS,
        () -> {
          tls.reload();
          reloadLater(tls);
        });
  }

  private static void stop(Running running) {
    running.endpoint().close();
    running.runtime().close();
    running.client().close();
  }

  @Override
  public void close() {
    Running stopping;
    synchronized (this) {
      closed = true;
      stopping = running;
      running = null;
    }
    content.fetches().connect(null);
    if (stopping != null) {
      stop(stopping);
    }
  }
}
