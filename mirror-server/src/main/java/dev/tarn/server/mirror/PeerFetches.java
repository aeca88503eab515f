package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.Voucher;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.peer.runtime.BlobFile;
import dev.tarn.server.peer.runtime.BlobFiles;
import dev.tarn.server.peer.runtime.PeerRuntime;
import dev.tarn.server.peer.runtime.TagDesk;
import dev.tarn.server.peer.runtime.UpstreamSource;
import dev.tarn.server.peer.runtime.Vouchers;
import dev.tarn.server.peer.runtime.WantOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that this node fetches together with its peers; and, for those peers, what it holds and
 * how it asks upstream: on behalf of its own client each time. Thread-safe.
 */
public final class PeerFetches implements BlobFiles, UpstreamSource {
  private final BlobStore store;
  private final Deliveries deliveries;
  private final Executor executor;
  private final boolean wordInOutage;
  private final ConcurrentMap<BlobKey, PeerFetch> fetches = new ConcurrentHashMap<>();
  private final AtomicBoolean hasRoom = new AtomicBoolean(true);
  private volatile @Nullable Rights rights;
  private volatile TagDesk tags = TagDesk.NONE;
  private volatile @Nullable PeerRuntime runtime;
  private volatile CountDownLatch coming = new CountDownLatch(0);

  /**
   * No peers yet.
   *
   * @param executor threads that may block
   */
  public PeerFetches(BlobStore store, Deliveries deliveries, Executor executor) {
    this(store, deliveries, executor, true);
  }

  /**
   * The same.
   *
   * @param wordInOutage whether this node takes others' word where a registry cannot be asked
   */
  public PeerFetches(
      BlobStore store, Deliveries deliveries, Executor executor, boolean wordInOutage) {
    this.store = store;
    this.deliveries = deliveries;
    this.executor = executor;
    this.wordInOutage = wordInOutage;
  }

  /** From now on nodes tell each other what their registries said to them. */
  void vouchBy(Rights known, TagDesk home) {
    rights = known;
    tags = home;
  }

  /** Whether this node takes others' word where a registry cannot be asked. */
  boolean takesWord() {
    return wordInOutage;
  }

  /** Peers are about to come: until then, or until they are expected no longer, fetches wait. */
  public void expect() {
    coming = new CountDownLatch(1);
  }

  /** They do not come, or not soon. */
  public void expectNoLonger() {
    coming.countDown();
  }

  /** Waits for peers that are expected. */
  void awaitExpected() throws InterruptedException {
    coming.await();
  }

  /** From now on fetches begin with asking peers; null: from now on they go upstream alone. */
  public void connect(@Nullable PeerRuntime peers) {
    runtime = peers;
    coming.countDown();
  }

  /** Whether peers are asked now. */
  public boolean connected() {
    return runtime != null;
  }

  @Nullable PeerRuntime runtime() {
    return runtime;
  }

  /** What a fetch works with. */
  With with(PeerRuntime peers) {
    return new With(peers);
  }

  /** The peers, as one fetch has them from its beginning to its end. */
  final class With {
    private final PeerRuntime peers;

    private With(PeerRuntime peers) {
      this.peers = peers;
    }

    void begin(PeerFetch fetch, PeerRuntime.@Nullable Kept kept, Consumer<WantOutcome> then) {
      fetches.put(fetch.key(), fetch);
      if (!peers.want(fetch.key(), kept, then)) {
        throw new IllegalStateException(fetch.key() + " is wanted twice");
      }
    }

    /** Does nothing where it is over. */
    void unwant(PeerFetch fetch) {
      peers.unwant(fetch.key());
    }

    void readerWaits(PeerFetch fetch, long offset) {
      peers.readerWaits(fetch.key(), offset);
    }

    /** Whether this node can store what it fetches, by what came of the last attempt. */
    void room(boolean room) {
      if (hasRoom.getAndSet(room) != room) {
        peers.roomChanged(room);
      }
    }

    void end(PeerFetch fetch) {
      fetches.remove(fetch.key(), fetch);
    }
  }

  @Override
  public BlobFile create(BlobKey key, long size) throws IOException {
    PeerFetch fetch = fetches.get(key);
    if (fetch == null) {
      throw new IOException("nobody wants it any more");
    }
    return fetch.create(size);
  }

  @Override
  public long completeSize(BlobKey key) {
    return deliveries.delivered(key)
        ? store.sizeOf(key.digest()).orElse(Question.UNKNOWN_SIZE)
        : Question.UNKNOWN_SIZE;
  }

  @Override
  public @Nullable StoredBlob open(BlobKey key) {
    return deliveries.delivered(key) ? store.open(key.digest()) : null;
  }

  @Override
  public List<Event.Content> inventory() {
    List<Event.Content> held = new ArrayList<>();
    store.forEach((digest, size) -> held.add(new Event.Content(digest, size)));
    return held;
  }

  @Override
  public List<BlobKey> keys(Digest digest) {
    return deliveries.keys(digest);
  }

  @Override
  public TagDesk tags() {
    return tags;
  }

  @Override
  public Vouchers vouchers() {
    Rights known = rights;
    return known == null ? Vouchers.NONE : new Words(known);
  }

  private final class Words implements Vouchers {
    private final Rights known;

    Words(Rights known) {
      this.known = known;
    }

    @Override
    public @Nullable RepositoryName wantedIn(BlobKey key) {
      PeerFetch fetch = wordInOutage ? fetches.get(key) : null;
      return fetch == null ? null : fetch.repository();
    }

    @Override
    public @Nullable Voucher voucher(BlobKey key, RepositoryName repository) {
      return known.voucher(new Scope(key.registry(), repository), key.digest());
    }

    @Override
    public void heard(BlobKey key, RepositoryName repository, Voucher voucher) {
      known.hear(new Scope(key.registry(), repository), key.digest(), voucher);
    }
  }

  @Override
  public Run fetch(BlobKey key, long start, long end, Receiver receiver) {
    PeerFetch fetch = fetches.get(key);
    if (fetch == null) {
      receiver.failed(FetchFailure.GONE);
      return () -> {};
    }
    UpstreamRun run = fetch.newRun(start, end, receiver);
    try {
      executor.execute(run);
    } catch (RejectedExecutionException e) {
      receiver.failed(FetchFailure.UNAVAILABLE); // The node is closing.
    }
    return run;
  }
}
