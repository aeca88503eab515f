package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.peer.ChunkReceiver;
import dev.tarn.server.peer.Fetch;
import dev.tarn.server.peer.PeerClient;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that comes from a peer: written, hashed, and compared with what its fetcher says. Its
 * receiver's calls come on workers, one at a time.
 */
final class Reception implements Flow, ChunkReceiver {
  private final Action.FetchFrom action;
  private final Arrival arrival;
  private final PeerClient client;
  private final FlowHost host;
  private final ProgressReport report;
  private @Nullable Slot slot;
  private long position;
  private volatile @Nullable RepositoryName repository;

  // Guarded by this.
  private @Nullable Fetch fetch;
  private boolean cancelled;

  Reception(Action.FetchFrom action, Arrival arrival, PeerClient client, FlowHost host) {
    this.action = action;
    this.arrival = arrival;
    this.client = client;
    this.host = host;
    this.report = new ProgressReport(host, action.id());
  }

  @Override
  public void start() {
    Slot place = arrival.slot(action.chunk());
    if (place == null) {
      fail(FetchFailure.GONE);
      return;
    }
    slot = place;
    position = place.take(this);
    ChunkTail known = place.tail();
    if (known != null) {
      report.settled(place.start() + place.bytes());
      done(known);
      return;
    }
    repository = host.vouchers().wantedIn(action.key());
    ChunkRequest request =
        new ChunkRequest(action.key(), action.chunk(), position, action.leased(), repository);
    synchronized (this) {
      if (!cancelled) {
        fetch = client.fetch(action.from(), request, this);
      }
    }
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void cancel() {
    Fetch running;
    synchronized (this) {
      cancelled = true;
      running = fetch;
    }
    if (running != null) {
      running.cancel();
    }
  }

  private void fail(FetchFailure reason) {
    if (!isCancelled()) {
      host.over(action.id());
      host.tell(new Event.FetchFailed(action.id(), reason));
    }
  }

  private void done(ChunkTail tail) {
    if (!isCancelled()) {
      host.over(action.id());
      host.tell(new Event.ChunkDone(action.id(), action.chunk(), tail.fetchedBy()));
    }
  }

  @Override
  public void vouched(Voucher voucher) {
    RepositoryName in = repository;
    if (in != null) {
      host.vouchers().heard(action.key(), in, voucher);
    }
  }

  @Override
  public void accepted(long blobSize) {
    if (!isCancelled()) {
      host.tell(new Event.FetchAccepted(action.id(), blobSize));
    }
  }

  @Override
  public void bytes(ByteBuffer bytes) throws IOException {
    Slot place = slot;
    if (place == null || isCancelled()) {
      return;
    }
    int count = bytes.remaining();
    if (count > place.length() - position) {
      host.chunkLength(action.from(), action.key(), action.chunk());
      fail(FetchFailure.UNREACHABLE);
      throw new IOException("more than the chunk has");
    }
    try {
      if (!place.write(this, position, bytes, false)) {
        return; // Somebody else has taken over; the planner has cancelled this one, or will.
      }
    } catch (IOException e) {
      host.storageFailed(arrival, e);
      throw e;
    }
    position += count;
    report.at(place.start() + position);
  }

  @Override
  public void finished(ChunkTail tail) {
    Slot place = slot;
    if (place == null || isCancelled()) {
      return;
    }
    boolean whole = action.chunk() == Question.WHOLE;
    if (!whole && position < place.length()) {
      host.chunkLength(action.from(), action.key(), action.chunk());
      fail(FetchFailure.UNREACHABLE); // It says that this is the end, and it is not.
      return;
    }
    try {
      Digest expected = whole ? action.key().digest() : place.sum();
      if (!tail.hash().equals(expected) || !mayBe(place, expected)) {
        host.chunkMismatch(action.from(), action.key(), action.chunk());
        place.drop(FetchFailure.MISMATCH);
        fail(FetchFailure.MISMATCH);
        return;
      }
      report.settled(place.start() + position);
      if (arrival.finish(action.chunk(), place, tail)) {
        host.tell(new Event.ChunkDiffers(action.key(), action.chunk()));
      }
      done(tail);
    } catch (IOException e) {
      host.storageFailed(arrival, e);
    }
  }

  /** Whether such a chunk can be of the blob: where it is all of it, the digest says so. */
  private boolean mayBe(Slot place, Digest sum) {
    Digest blob = action.key().digest();
    boolean isAll = place.start() == 0 && place.length() == arrival.size();
    return !isAll || blob.algorithm() != sum.algorithm() || blob.equals(sum);
  }

  @Override
  public void failed(FetchFailure reason) {
    Slot place = slot;
    if (place != null && !isCancelled()) {
      report.settled(place.start() + position);
      if (reason == FetchFailure.MISMATCH) {
        place.drop(FetchFailure.MISMATCH);
      }
    }
    fail(reason);
  }
}
