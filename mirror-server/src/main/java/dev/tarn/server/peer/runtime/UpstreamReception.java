package dev.tarn.server.peer.runtime;

import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.server.peer.wire.ChunkTail;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that come from upstream, cut into chunks, each hashed: this node vouches for them. Its
 * receiver's calls come on workers, one at a time.
 */
final class UpstreamReception implements Flow, UpstreamSource.Receiver {
  private final Action.FetchUpstream action;
  private final Arrival arrival;
  private final UpstreamSource upstream;
  private final FlowHost host;
  private final ProgressReport report;
  private long position;
  private int chunk;
  private @Nullable Slot slot;

  // Guarded by this.
  private UpstreamSource.@Nullable Run run;
  private long end;
  private long told;
  private boolean stopped;

  UpstreamReception(
      Action.FetchUpstream action, Arrival arrival, UpstreamSource upstream, FlowHost host) {
    this.action = action;
    this.arrival = arrival;
    this.upstream = upstream;
    this.host = host;
    this.end = action.end();
    this.position = action.start();
    this.report = new ProgressReport(host, action.id());
  }

  @Override
  public void start() {
    if (arrival.size() != Question.UNKNOWN_SIZE) {
      goOnWhereTheLastOneGotTo();
    }
    synchronized (this) {
      if (!stopped) {
        run = upstream.fetch(action.key(), position, end, this);
      }
    }
  }

  /** The planner may have heard of less than came, or not yet of what was dropped. */
  private void goOnWhereTheLastOneGotTo() {
    Slot place = place();
    if (place == null || place.tail() != null) {
      return;
    }
    if (place.bytes() == place.length()) {
      place.drop(FetchFailure.GONE); // Whoever brought it stopped before it was vouched for.
      place.take(this);
    }
    position = place.start() + place.bytes();
  }

  /** It is to end earlier; at once where it is beyond that already. */
  void endAt(long earlier) {
    boolean beyond;
    synchronized (this) {
      end = earlier;
      beyond = told >= earlier;
    }
    if (beyond) {
      over();
    }
  }

  /** The planner knows of everything up to the end of a chunk; true where that is the last. */
  private synchronized boolean told(long upTo) {
    told = upTo;
    return end != Question.UNKNOWN_SIZE && upTo >= end;
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  @Override
  public void cancel() {
    UpstreamSource.Run running;
    synchronized (this) {
      stopped = true;
      running = run;
    }
    if (running != null) {
      running.cancel();
    }
  }

  @Override
  public void answered(long size, boolean ranges) {
    if (isStopped()) {
      return;
    }
    host.tell(new Event.UpstreamAnswered(action.id(), size, ranges));
    if (!arrival.learn(size)) {
      cancel(); // The planner begins anew, on another grid.
    }
  }

  @Override
  public boolean bytes(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining() && !isStopped()) {
        if (!take(bytes)) {
          return false;
        }
      }
    } catch (IOException e) {
      host.storageFailed(arrival, e);
      throw e;
    }
    return !isStopped();
  }

  /** Takes what belongs to the chunk at hand; false where nothing more is wanted. */
  private boolean take(ByteBuffer bytes) throws IOException {
    Slot place = place();
    if (place == null) {
      fail(FetchFailure.UNAVAILABLE); // More than upstream said there is.
      return false;
    }
    long offset = position - place.start();
    int count = (int) Math.min(bytes.remaining(), place.length() - offset);
    if (!place.write(this, offset, bytes.slice(bytes.position(), count), true)) {
      return false; // Somebody else has taken over; the planner has cancelled this one, or will.
    }
    bytes.position(bytes.position() + count);
    position += count;
    report.at(position);
    if (position - place.start() == place.length()) {
      finish(place);
      if (told(position)) {
        over();
        return false;
      }
    }
    return true;
  }

  private @Nullable Slot place() {
    Slot current = slot;
    if (current != null) {
      return current;
    }
    chunk =
        arrival.size() == Question.UNKNOWN_SIZE
            ? Question.WHOLE
            : (int) (position / ChunkGrid.CHUNK_BYTES);
    Slot next = arrival.slot(chunk);
    if (next != null) {
      next.take(this);
      if (chunk != Question.WHOLE && next.tail() == null && next.foreign()) {
        // What came from a peer is nobody's word yet, and this node is to vouch for the chunk.
        next.drop(FetchFailure.GONE);
        next.take(this);
      }
    }
    slot = next;
    return next;
  }

  private void finish(Slot place) throws IOException {
    slot = null;
    ChunkTail known = place.tail();
    ChunkTail tail = known == null ? new ChunkTail(place.sum(), host.self()) : known;
    report.settled(position);
    if (arrival.finish(chunk, place, tail)) {
      host.tell(new Event.ChunkDiffers(action.key(), chunk));
    }
    if (!isStopped()) {
      host.tell(new Event.ChunkDone(action.id(), chunk, host.self()));
    }
  }

  private void over() {
    cancel();
    host.over(action.id());
  }

  @Override
  public void ended() {
    if (isStopped()) {
      return;
    }
    Slot place = slot;
    boolean whole = arrival.size() == Question.UNKNOWN_SIZE && place != null;
    if (whole || arrival.size() == 0) {
      report.settled(position);
      if (place != null) {
        place.finish(new ChunkTail(action.key().digest(), host.self()));
      }
      host.tell(new Event.ChunkDone(action.id(), Question.WHOLE, host.self()));
      over();
    } else if (position < arrival.size()) {
      report.settled(position);
      fail(FetchFailure.UNAVAILABLE);
    } else {
      over();
    }
  }

  @Override
  public void failed(FetchFailure reason) {
    fail(reason);
  }

  private void fail(FetchFailure reason) {
    if (!isStopped()) {
      over();
      host.tell(new Event.FetchFailed(action.id(), reason));
    }
  }
}
