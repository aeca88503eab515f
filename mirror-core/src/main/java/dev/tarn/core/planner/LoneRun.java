package dev.tarn.core.planner;

import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One ordinary GET upstream for all that is missing, in order, until it is done or others come and
 * it is cut at the end of a chunk. The planner's thread.
 */
final class LoneRun implements Flow {
  private final BlobFetch blob;
  private final Kernel kernel;
  private final boolean leased;
  private final long flow;
  private final List<Consumer<Answer.Revoked>> revokers = new ArrayList<>();
  private long position;

  /** Where the first chunk begins that is not done. */
  private long settled;

  private long end;
  private boolean answered;
  private boolean splittable = true;
  private boolean split;
  private boolean ended;

  LoneRun(BlobFetch blob, Kernel kernel, boolean leased, long start, long end) {
    this.blob = blob;
    this.kernel = kernel;
    this.leased = leased;
    this.position = start;
    this.settled = start - start % ChunkGrid.CHUNK_BYTES;
    this.end = end;
    this.flow = blob.begin(this);
    kernel.emit(new Action.FetchUpstream(flow, blob.key(), start, end));
    report();
  }

  long position() {
    return position;
  }

  boolean leased() {
    return leased && !split;
  }

  boolean stream() {
    return answered && !splittable;
  }

  boolean covers(int chunk) {
    long start = (long) chunk * ChunkGrid.CHUNK_BYTES;
    return chunk == Question.WHOLE
        || (start >= settled && (end == Question.UNKNOWN_SIZE || start < end));
  }

  /** Bytes of the chunk came, or come now, and it is not done yet. */
  boolean comes(int chunk) {
    return stream()
        ? chunk == Question.WHOLE
        : chunk <= current() && (long) chunk * ChunkGrid.CHUNK_BYTES >= settled;
  }

  /** The chunk whose bytes come now. */
  int current() {
    if (stream() && blob.size() == Question.UNKNOWN_SIZE) {
      return Question.WHOLE;
    }
    long most = end == Question.UNKNOWN_SIZE ? blob.size() : end;
    long at = most == Question.UNKNOWN_SIZE ? position : Math.min(position, most - 1);
    return (int) (Math.max(0, at) / ChunkGrid.CHUNK_BYTES);
  }

  /** What it fetched or fetches, and is not done yet. */
  List<Question.Leasehold> leases() {
    List<Question.Leasehold> leases = new ArrayList<>();
    for (int chunk = (int) (settled / ChunkGrid.CHUNK_BYTES); chunk <= current(); chunk++) {
      long start = (long) chunk * ChunkGrid.CHUNK_BYTES;
      long bytes = Math.min(ChunkGrid.CHUNK_BYTES, Math.max(0, position - start));
      leases.add(new Question.Leasehold(chunk, bytes, Question.LeaseState.FETCHING));
    }
    return leases;
  }

  private void report() {
    if (ended || (!leased && !split)) {
      return;
    }
    int chunk = split ? current() : Question.WHOLE;
    long bytes = split ? position % ChunkGrid.CHUNK_BYTES : position;
    blob.report(
        chunk,
        bytes,
        Question.LeaseState.FETCHING,
        heard -> {
          if (!ended && heard.ceded().contains(chunk)) {
            ceded();
          }
        });
    kernel.after(Limits.REPORT_NANOS, this::report);
  }

  private void ceded() {
    if (split || !answered) {
      stop();
      blob.loneStopped();
    } else if (splittable) {
      split(revoked -> {});
    }
  }

  /** Others want it too: says what becomes of this run, once it is known. */
  void revoke(Consumer<Answer.Revoked> then) {
    if (!answered) {
      revokers.add(then);
    } else if (!splittable) {
      then.accept(new Answer.Revoked(Answer.RevokeKind.STREAM, blob.size()));
    } else {
      split(then);
    }
  }

  private void split(Consumer<Answer.Revoked> then) {
    if (!split) {
      split = true;
      end = new ChunkGrid(blob.size()).end(current());
      kernel.emit(new Action.EndUpstream(flow, end));
      blob.joinCrowd();
    }
    blob.share(leases(), then);
  }

  void stop() {
    if (!ended) {
      ended = true;
      blob.stop(flow);
      refuse();
    }
  }

  private void refuse() {
    List<Consumer<Answer.Revoked>> waiting = List.copyOf(revokers);
    revokers.clear();
    waiting.forEach(then -> blob.share(List.of(), then));
  }

  @Override
  public void accepted(long size) {}

  @Override
  public void upstreamAnswered(long size, boolean ranges) {
    answered = true;
    splittable = ranges && size != Question.UNKNOWN_SIZE && size > 0;
    if (blob.upstreamSaid(size)) {
      return;
    }
    List<Consumer<Answer.Revoked>> waiting = List.copyOf(revokers);
    revokers.clear();
    waiting.forEach(this::revoke);
  }

  @Override
  public void progress(long reached) {
    if (reached > position) {
      blob.received(reached - position);
      position = reached;
    }
  }

  @Override
  public void done(int chunk, String fetchedBy) {
    if (ended) {
      blob.chunkDone(chunk, kernel.self(), split);
      return;
    }
    if (chunk != Question.WHOLE) {
      settled = Math.max(settled, new ChunkGrid(blob.size()).end(chunk));
      position = Math.max(position, settled);
    }
    boolean last = chunk == Question.WHOLE || settled == end || settled == blob.size();
    if (last) {
      ended = true;
      blob.loneEnded(flow);
    }
    blob.chunkDone(chunk, kernel.self(), split);
    if (last) {
      refuse();
    }
  }

  @Override
  public void failed(Event.FetchFailure reason) {
    ended = true;
    blob.loneEnded(flow);
    int chunk = split ? current() : Question.WHOLE;
    blob.upstreamFailed();
    blob.report(chunk, 0, Question.LeaseState.FAILED, heard -> {});
    refuse();
    blob.loneStopped();
  }
}
