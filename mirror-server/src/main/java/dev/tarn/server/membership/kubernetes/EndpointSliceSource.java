package dev.tarn.server.membership.kubernetes;

import dev.tarn.server.membership.Freshness;
import dev.tarn.server.membership.MemberSource;
import dev.tarn.server.membership.Retries;
import dev.tarn.server.membership.Schedule;
import dev.tarn.server.net.Transport;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The nodes behind a headless Service, as the API server tells them: listed once, then watched. The
 * API server is needed for news only: while it is away, what was found stays. Only {@code get},
 * {@code list} and {@code watch} on {@code endpointslices} of one namespace are needed.
 *
 * <p>Runs on the threads of its schedule and of its executor. Changes that come together, as in a
 * rollout, are reported together.
 */
public final class EndpointSliceSource implements MemberSource {
  private static final Duration SETTLE = Duration.ofMillis(100);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  private final Settings settings;
  private final PodLookup pod;
  private final Transport transport;
  private final Schedule schedule;
  private final Executor executor;
  private final Retries retries;
  private final RandomGenerator random;
  private final Freshness freshness;

  // Guarded by this.
  private @Nullable SliceWatch watch;
  private int failures;
  private boolean reporting;
  private boolean closed;

  /**
   * What is watched.
   *
   * @param namespace that of the Service; where empty, the pod's own
   * @param port of peer endpoints where the Service has no port called {@value
   *     SliceReader#PORT_NAME}
   * @param reconnect how long to wait before a watch that broke is begun anew, at first
   */
  public record Settings(String namespace, String service, int port, Duration reconnect) {
    /** With the usual time to reconnect. */
    public static Settings of(String namespace, String service, int port) {
      return new Settings(namespace, service, port, Duration.ofSeconds(1));
    }
  }

  /** Finds the API server and what to show it. May block. */
  @FunctionalInterface
  public interface PodLookup {
    InCluster find() throws IOException;
  }

  /**
   * Watches nothing until it is started.
   *
   * @param transport whose event loops requests are made on; not closed
   * @param executor for the client's tasks; it is not shut down
   */
  public EndpointSliceSource(
      Settings settings,
      PodLookup pod,
      Transport transport,
      Schedule schedule,
      Executor executor,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.pod = pod;
    this.transport = transport;
    this.schedule = schedule;
    this.executor = executor;
    this.random = random;
    this.freshness = new Freshness(nanoTime);
    this.retries = new Retries(FIRST_RETRY, LONGEST_RETRY, random);
  }

  @Override
  public void start(Sink sink) {
    schedule.after(Duration.ZERO, () -> open(sink));
  }

  private synchronized void open(Sink sink) {
    if (closed) {
      return;
    }
    try {
      InCluster api = pod.find();
      String namespace = settings.namespace().isEmpty() ? api.namespace() : settings.namespace();
      if (namespace.isEmpty()) {
        throw new IOException("the namespace is neither configured nor told by the pod");
      }
      KubernetesClient client =
          Clients.of(
              api, transport, executor, reconnect(), new ApiContact(freshness, sink::failed));
      SliceWatch opened =
          new SliceWatch(
              client,
              namespace,
              settings.service(),
              new SliceWatch.Listener() {
                @Override
                public void changed() {
                  reportSoon(sink);
                }

                @Override
                public void failed(Throwable cause) {
                  sink.failed(cause);
                }

                @Override
                public void ended() {
                  reopenLater(sink);
                }
              });
      watch = opened;
      opened.start();
    } catch (IOException | KubernetesClientException e) {
      sink.failed(e);
      reopenLater(sink);
    }
  }

  /** Not the same on every node: they all lose the same API server at once. */
  private Duration reconnect() {
    long millis = settings.reconnect().toMillis();
    return Duration.ofMillis(millis + random.nextLong(millis + 1));
  }

  /** The informer gave up, which it should not: begin anew, keeping what was found. */
  private synchronized void reopenLater(Sink sink) {
    if (closed) {
      return;
    }
    closeWatch();
    failures++;
    schedule.after(retries.after(failures), () -> open(sink));
  }

  private synchronized void reportSoon(Sink sink) {
    if (!reporting && !closed) {
      reporting = true;
      schedule.after(SETTLE, () -> report(sink));
    }
  }

  private synchronized void report(Sink sink) {
    reporting = false;
    if (closed || watch == null || !watch.isComplete()) {
      return;
    }
    failures = 0;
    sink.found(SliceMerge.members(watch.slices(), settings.port()));
  }

  @Override
  public Duration age() {
    return freshness.age();
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeWatch();
  }

  private void closeWatch() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }
}
