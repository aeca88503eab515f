package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.access.Standing;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferReader;
import dev.tarn.server.peer.runtime.PeerRuntime;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transfers in flight: at most one per digest, whoever asks. Thread-safe; {@link #open} blocks
 * and so runs on virtual threads.
 */
final class Transfers {
  /** How long a resume is refused after a blob's bytes turned out wrong. */
  private static final Duration REFUSE_RESUME = Duration.ofMinutes(1);

  /** How often one asker tries again after others' attempts ended under its hands. */
  private static final int MAX_ROUNDS = 4;

  private final ConcurrentMap<Digest, Flight> flights = new ConcurrentHashMap<>();
  private final Cache<Digest, Boolean> wrongLately =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(REFUSE_RESUME).build();
  private final Registries registries;
  private final Rights rights;
  private final Executor executor;
  private final LongSupplier nanoClock;
  private final long patienceNanos;
  private final BlobFetch.Tools tools;
  private final @Nullable PeerFetches peers;
  private volatile boolean stopping;

  /**
   * @param over completed when its fetch has let go of everything
   */
  private record Flight(
      Wanted request, Fetch fetch, long startedNanos, CompletableFuture<Void> over) {
    InFlight seen(long nowNanos) {
      boolean manifest = request instanceof Wanted.OfManifest;
      long nanos = nowNanos - startedNanos;
      return fetch.opened().getNow(null) instanceof Opened.Running running
          ? new InFlight(
              request.scope(),
              request.digest(),
              manifest,
              running.transfer().size(),
              running.transfer().receivedBytes(),
              running.transfer().cameBytes(),
              running.source(),
              nanos,
              running.transfer().readers())
          : new InFlight(
              request.scope(),
              request.digest(),
              manifest,
              BlobStore.UNKNOWN_SIZE,
              0,
              0,
              null,
              nanos,
              0);
    }

    /** Whether upstream's answer to this flight is an answer to {@code other} as well. */
    boolean answersFor(Wanted other) {
      return request.scope().equals(other.scope()) && request.caller().equals(other.caller());
    }
  }

  /** What an asker gets. */
  sealed interface Joined {
    /** The content is arriving; the receiver owns the reader. */
    record Reading(TransferReader reader, Hurry hurry, boolean ours, Source source)
        implements Joined {}

    /** It failed before it could be read. */
    record Ended(TransferFailure failure) implements Joined {}

    /**
     * It is complete by now, which says nothing about this asker's right to it.
     *
     * @param from where it came from, if it came for this asker; else null
     */
    record Stored(@Nullable Source from) implements Joined {}

    /**
     * The disk has no room for it. The receiver owns the content, which begins at its start; it is
     * null for all but who asked first.
     */
    record NoRoom(@Nullable UpstreamContent content) implements Joined {}

    /** Another registry's is arriving, and this one's cannot be stored at the same time. */
    record OfAnotherRegistry() implements Joined {}

    /** Upstream has been silent for longer than anybody would wait. */
    record Overdue() implements Joined {}

    /** Upstream's own answer, or none; never a {@link UpstreamAnswer.Found}. */
    record Otherwise(UpstreamAnswer answer) implements Joined {}
  }

  Transfers(
      Registries registries,
      BlobStore store,
      Rights rights,
      MirrorListener listener,
      Backoff backoff,
      Executor executor,
      LongSupplier nanoClock,
      Duration patience,
      @Nullable PeerFetches peers) {
    this.registries = registries;
    this.rights = rights;
    this.executor = executor;
    this.nanoClock = nanoClock;
    this.patienceNanos = patience.toNanos();
    this.peers = peers;
    this.tools =
        new BlobFetch.Tools(
            store, rights, listener, backoff, nanoClock, this::wrong, () -> stopping, executor);
  }

  /** Whether the blob is arriving, or has just arrived. */
  boolean isUnderWay(Digest digest) {
    return flights.containsKey(digest);
  }

  /** How many blobs are arriving. */
  int inFlight() {
    return flights.size();
  }

  /** All of them, as they stand. */
  List<InFlight> list() {
    long now = nanoClock.getAsLong();
    return flights.values().stream().map(flight -> flight.seen(now)).toList();
  }

  /** Whether the blob's bytes turned out wrong so lately that nobody should continue with them. */
  boolean refusesResume(Digest digest) {
    return wrongLately.getIfPresent(digest) != null;
  }

  /** Notes that upstream's bytes turned out wrong. */
  void wrong(Digest digest) {
    wrongLately.put(digest, true);
  }

  /**
   * Ends every transfer at its next byte, keeping what came; waits for them up to {@code limit}.
   */
  void stop(Duration limit) {
    stopping = true;
    CompletableFuture<?>[] over =
        flights.values().stream().map(Flight::over).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(over)
        .completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS)
        .join();
  }

  /** Whether manifests come from peers, too: then they are to be opened here. */
  boolean peersHaveManifests() {
    return peers != null && peers.connected();
  }

  /**
   * Joins the transfer of some content, or starts one with this caller's rights.
   *
   * @param allowed whether upstream has just said that the caller may have it
   */
  Joined open(Wanted request, boolean allowed) throws InterruptedException {
    if (peers != null) {
      peers.awaitExpected();
    }
    for (int round = 0; round < MAX_ROUNDS; round++) {
      Flight own = newFlight(request, allowed);
      Flight underWay = flights.putIfAbsent(request.digest(), own);
      Joined joined;
      if (underWay == null) {
        start(own);
        joined = awaitOwn(own);
      } else {
        joined = join(request, allowed, underWay);
      }
      if (joined != null) {
        return joined;
      }
      get((underWay == null ? own : underWay).over());
    }
    return new Joined.Overdue();
  }

  private void start(Flight own) {
    Wanted request = own.request();
    UpstreamAnswer.@Nullable TooMany tooMany =
        registries.tooMany(request.scope(), request.caller());
    if (tooMany == null) {
      executor.execute(() -> run(own));
    } else {
      own.fetch().opened().complete(new Opened.Otherwise(tooMany));
      end(own);
    }
  }

  private Flight newFlight(Wanted request, boolean allowed) {
    Upstream upstream = registries.upstreamOfTransfers(request.scope());
    Fetch fetch = newFetch(request, allowed, upstream);
    return new Flight(request, fetch, nanoClock.getAsLong(), new CompletableFuture<>());
  }

  private Fetch newFetch(Wanted request, boolean allowed, Upstream upstream) {
    PeerRuntime runtime = peers == null ? null : peers.runtime();
    return peers == null || runtime == null
        ? new BlobFetch(request, upstream, tools)
        : new PeerFetch(request, allowed, upstream, tools, peers.with(runtime));
  }

  private void run(Flight flight) {
    try {
      flight.fetch().run();
    } finally {
      end(flight);
    }
  }

  private void end(Flight flight) {
    flights.remove(flight.request().digest(), flight);
    flight.over().complete(null);
  }

  private @Nullable Joined awaitOwn(Flight own) throws InterruptedException {
    try {
      return await(own, true);
    } catch (InterruptedException e) {
      own.fetch().opened().thenAccept(Transfers::abandon);
      throw e;
    }
  }

  private static void abandon(Opened opened) {
    if (opened instanceof Opened.NoRoom(UpstreamContent content) && content != null) {
      content.close();
    }
  }

  /** Joins somebody else's flight; null where it ended in a way that says nothing to this asker. */
  private @Nullable Joined join(Wanted request, boolean allowed, Flight flight)
      throws InterruptedException {
    if (flight.answersFor(request)) {
      return opensInTime(flight) ? await(flight, false) : new Joined.Overdue();
    }
    if (!flight.request().scope().registry().equals(request.scope().registry())) {
      return new Joined.OfAnotherRegistry();
    }
    if (!allowed
        && rights.allowed(request.scope(), request.digest(), request.caller(), Standing.ANSWERS)
            == null) {
      UpstreamAnswer answer = askForRight(request);
      if (!(answer instanceof UpstreamAnswer.Found) && !allowedIn(answer, request, flight)) {
        return new Joined.Otherwise(answer);
      }
    }
    if (!opensInTime(flight)) {
      return new Joined.Overdue();
    }
    Joined joined = await(flight, false);
    return joined instanceof Joined.Otherwise ? null : joined;
  }

  /**
   * Whether the asker may have it although upstream, which answered so, cannot be asked: by what is
   * known once the flight has opened, since it may be the flight's source that says so.
   */
  private boolean allowedIn(UpstreamAnswer answer, Wanted request, Flight flight)
      throws InterruptedException {
    Standing standing = Rights.standing(answer);
    return standing != null
        && opensInTime(flight)
        && rights.allowed(request.scope(), request.digest(), request.caller(), standing) != null;
  }

  /** Waits for upstream's first answer, but no longer than the first asker would have. */
  private boolean opensInTime(Flight flight) throws InterruptedException {
    long waited = nanoClock.getAsLong() - flight.startedNanos();
    try {
      flight.fetch().opened().get(Math.max(0, patienceNanos - waited), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return flight.fetch().opened().isDone();
    }
  }

  private UpstreamAnswer askForRight(Wanted request) {
    Scope scope = request.scope();
    UpstreamAnswer answer = request.head(registries.upstream(scope));
    if (answer instanceof UpstreamAnswer.Found(UpstreamContent content)) {
      rights.proven(scope, request.descriptor(content), content.anonymous());
      content.close();
    } else {
      rights.answered(scope, request.digest(), answer);
    }
    return answer;
  }

  private @Nullable Joined await(Flight flight, boolean ours) throws InterruptedException {
    return switch (get(flight.fetch().opened())) {
      case Opened.Running(var transfer, Hurry hurry, Source source) -> {
        TransferReader reader = transfer.join();
        TransferFailure failure = transfer.failure();
        if (reader == null || (failure != null && !ours)) {
          closeIfOpen(reader);
          yield failure == null
              ? new Joined.Stored(ours ? source : null)
              : ours ? new Joined.Ended(failure) : null;
        }
        yield new Joined.Reading(reader, hurry, ours, source);
      }
      case Opened.Stored(Source from) -> new Joined.Stored(ours ? from : null);
      case Opened.NoRoom(UpstreamContent content) -> new Joined.NoRoom(ours ? content : null);
      case Opened.Otherwise(UpstreamAnswer answer) -> new Joined.Otherwise(answer);
    };
  }

  private static void closeIfOpen(@Nullable TransferReader reader) {
    if (reader != null) {
      reader.close();
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch always says what became of it", e.getCause());
    }
  }
}
