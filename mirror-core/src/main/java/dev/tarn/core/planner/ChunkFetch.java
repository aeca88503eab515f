package dev.tarn.core.planner;

import java.util.List;

/**
 * One chunk on its way to this node, from whichever source. The planner's thread.
 *
 * <pre>
 *   ASKING ──▶ PROBING ──▶ RECEIVING ─┬─▶ ENDED
 *     │  ▲        │            │      │
 *     │  └─ WAITING ◀──────────┘      │
 *     └──────────▶ UPSTREAM ──────────┘
 * </pre>
 *
 * <p>While it receives it may look for a better source; it leaves the one it has only for one that
 * has strictly more of the chunk. Bytes of a source are never fewer than bytes of what reads from
 * it, therefore no cycle can close, whatever homes say.
 */
final class ChunkFetch implements Flow {
  private enum Doing {
    ASKING,
    PROBING,
    RECEIVING,
    UPSTREAM,
    WAITING,
    ENDED
  }

  private final BlobFetch blob;
  private final Kernel kernel;
  private final int chunk;
  private final long start;
  private final long startedAt;
  private final Sources sources;
  private Doing doing = Doing.WAITING;
  private String source = "";
  private long flow;
  private long flowAt;
  private long progressAt;
  private long movedAt;
  private long bytes;

  /** Some of these came from peers. */
  private boolean foreign;

  private boolean asking;
  private boolean accepted;

  /** It had a source before: it may have given bytes to others. */
  private boolean connected;

  /** Whoever is known to have it gave wrong bytes: whatever its home says, nobody has it. */
  private boolean onItsOwn;

  private int round;
  private int retries;

  ChunkFetch(BlobFetch blob, Kernel kernel, int chunk, long start, long bytes) {
    this.blob = blob;
    this.kernel = kernel;
    this.sources = new Sources(kernel);
    this.chunk = chunk;
    this.start = start;
    this.bytes = bytes;
    this.connected = bytes > 0;
    this.startedAt = kernel.now();
    check();
  }

  int chunk() {
    return chunk;
  }

  long bytes() {
    return bytes;
  }

  List<String> avoid() {
    return sources.avoided();
  }

  /** Bytes come, or will come, from somebody who is known to have them. */
  boolean rooted() {
    return doing == Doing.UPSTREAM || (doing == Doing.RECEIVING && accepted);
  }

  boolean upstream() {
    return doing == Doing.UPSTREAM;
  }

  boolean ended() {
    return doing == Doing.ENDED;
  }

  /** Asks where the chunk is to be had now. */
  void ask() {
    if (asking || ended()) {
      return;
    }
    asking = true;
    round++;
    if (!flowing()) {
      doing = Doing.ASKING;
    }
    blob.locate(this);
  }

  private boolean flowing() {
    return doing == Doing.RECEIVING || doing == Doing.UPSTREAM;
  }

  void located(Answer.Place place) {
    asking = false;
    if (ended()) {
      return;
    }
    switch (place.kind()) {
      case LEASED, UPSTREAM -> goUpstream();
      case NOBODY -> stayOrWait();
      case CANDIDATES -> consider(place.candidates(), place.lessee());
    }
  }

  /** The home did not answer. */
  void unlocated() {
    asking = false;
    if (!ended()) {
      stayOrWait();
    }
  }

  /**
   * The home has not answered for a while: it may have died. Who gave other chunks may have this
   * one; nobody fetches it upstream before a home says so.
   */
  void unheard(List<String> givers) {
    if (asking && doing == Doing.ASKING) {
      List<String> usable = sources.wanted(givers);
      if (!usable.isEmpty()) {
        probe(usable, "");
      }
    }
  }

  private void consider(List<String> candidates, String lessee) {
    if (doing == Doing.UPSTREAM) {
      return;
    }
    if (candidates.isEmpty() && lessee.isEmpty() && !connected && !flowing()) {
      blob.defer(this);
      return;
    }
    List<String> names = sources.others(candidates, source);
    if (sources.onlyWrong(candidates) && !flowing()) {
      onItsOwn = true;
      goUpstream();
    } else if (names.isEmpty()) {
      stayOrWait();
    } else if (names.size() == 1 && !flowing() && !connected) {
      receive(names.getFirst(), names.getFirst().equals(lessee));
    } else {
      probe(names, lessee);
    }
  }

  private void probe(List<String> names, String lessee) {
    int current = ++round;
    if (!flowing()) {
      doing = Doing.PROBING;
    }
    new Probing(kernel, this::useful, this::flowing, best -> chosen(current, best))
        .ask(blob.key(), chunk, names, lessee);
  }

  private void chosen(int probed, List<String> best) {
    if (probed != round || ended() || doing == Doing.UPSTREAM) {
      return;
    }
    round++;
    if (best.isEmpty()) {
      stayOrWait();
      return;
    }
    sources.keep(best);
    receive(sources.next(), false);
  }

  private boolean useful(Answer.Load load) {
    return load.complete()
        || load.bytes() > bytes
        || (load.upstream() && load.bytes() >= bytes)
        || (load.rooted() && !connected);
  }

  private void receive(String member, boolean leased) {
    stopFlow();
    doing = Doing.RECEIVING;
    source = member;
    accepted = false;
    begin();
    kernel.emit(
        new Action.FetchFrom(flow, kernel.member(member), blob.key(), chunk, bytes, leased));
  }

  private void begin() {
    flow = blob.begin(this);
    flowAt = kernel.now();
    progressAt = kernel.now();
    movedAt = kernel.now();
  }

  private void stopFlow() {
    if (flow != 0) {
      blob.stop(flow);
      flow = 0;
    }
    source = "";
    accepted = false;
  }

  /** Fetches what is missing of the chunk upstream, from now on as its root. */
  void goUpstream() {
    if (doing == Doing.UPSTREAM || ended()) {
      return;
    }
    if (!blob.canFetch()) {
      blob.report(chunk, bytes, Question.LeaseState.FAILED, heard -> {});
      stayOrWait();
      return;
    }
    stopFlow();
    round++;
    if (foreign) {
      // A peer's bytes are nobody's word before the chunk is whole, and this node is to vouch for
      // it.
      drop();
    }
    doing = Doing.UPSTREAM;
    connected = true;
    begin();
    kernel.emit(new Action.FetchUpstream(flow, blob.key(), start + bytes, blob.endOf(chunk)));
    report(flow);
  }

  private void report(long reported) {
    if (reported != flow || doing != Doing.UPSTREAM) {
      return;
    }
    blob.report(
        chunk,
        bytes,
        Question.LeaseState.FETCHING,
        heard -> {
          if (reported == flow && heard.ceded().contains(chunk) && !onItsOwn) {
            stopFlow();
            doing = Doing.WAITING;
            ask();
          }
        });
    kernel.after(Limits.REPORT_NANOS, () -> report(reported));
  }

  private void stayOrWait() {
    if (flowing()) {
      return;
    }
    doing = Doing.WAITING;
    int waiting = ++round;
    long most = Math.min(Limits.RETRY_MAX_NANOS, Limits.RETRY_NANOS << Math.min(retries++, 8));
    kernel.after(
        most / 2 + kernel.random().nextLong(most / 2),
        () -> {
          if (waiting == round && doing == Doing.WAITING) {
            ask();
          }
        });
  }

  /** Looks every so often whether bytes come, and come fast enough. */
  private void check() {
    if (ended()) {
      return;
    }
    long now = kernel.now();
    boolean last = blob.lastOnes();
    long patience = last ? Limits.LAST_NANOS : Limits.STALL_NANOS;
    if (doing == Doing.RECEIVING && now - movedAt >= patience) {
      boolean stalled = now - progressAt >= Limits.STALL_NANOS;
      boolean slow = now - flowAt >= blob.slowNanos(patience);
      if (stalled) {
        sources.avoid(source);
      }
      if (stalled || slow) {
        movedAt = now;
        ask();
      }
    }
    kernel.after(last ? Limits.LAST_CHECK_NANOS : Limits.CHECK_NANOS, this::check);
  }

  /** Ends it, whatever it was doing. */
  void end() {
    stopFlow();
    doing = Doing.ENDED;
  }

  @Override
  public void accepted(long size) {
    if (blob.contradicts(size)) {
      sources.avoid(source);
      stopFlow();
      doing = Doing.WAITING;
      ask();
      return;
    }
    accepted = true;
    connected = true;
    retries = 0;
  }

  @Override
  public void upstreamAnswered(long size, boolean ranges) {
    blob.upstreamSaid(size);
  }

  @Override
  public void progress(long position) {
    long now = kernel.now();
    long reached = position - start;
    if (reached > bytes) {
      blob.received(reached - bytes);
      bytes = reached;
      foreign |= doing == Doing.RECEIVING;
      progressAt = now;
      accepted = true;
      connected = true;
    }
  }

  @Override
  public void done(int number, String fetchedBy) {
    boolean fromUpstream = doing == Doing.UPSTREAM;
    blob.pace().chunkTook(kernel.now() - startedAt);
    if (!fromUpstream) {
      blob.gave(source);
    }
    flow = 0;
    doing = Doing.ENDED;
    blob.chunkDone(chunk, fromUpstream ? kernel.self() : fetchedBy, fromUpstream);
  }

  @Override
  public void failed(Event.FetchFailure reason) {
    String failed = source;
    flow = 0;
    source = "";
    accepted = false;
    doing = Doing.WAITING;
    switch (reason) {
      case BUSY, NOT_AHEAD -> another();
      case GONE -> {
        sources.avoid(failed);
        another();
      }
      case UNREACHABLE -> {
        kernel.failed(failed);
        sources.avoid(failed);
        ask();
      }
      case MISMATCH -> {
        sources.wrong(failed);
        drop();
        connected = false;
        ask();
      }
      case DENIED, UNAVAILABLE -> {
        blob.upstreamFailed();
        blob.report(chunk, bytes, Question.LeaseState.FAILED, heard -> {});
        stayOrWait();
      }
    }
  }

  private void drop() {
    bytes = 0;
    foreign = false;
    blob.dropped(chunk);
  }

  /**
   * The next best of the last probes, or a pause: one that had a source and no byte of it may have
   * readers, and one of the last probes may have become one.
   */
  private void another() {
    if (!sources.hasNext() || (connected && bytes == 0)) {
      stayOrWait();
    } else {
      receive(sources.next(), false);
    }
  }
}
