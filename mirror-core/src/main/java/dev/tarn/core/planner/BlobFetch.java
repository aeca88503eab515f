package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.range.ChunkGrid;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob that this node wants, from the first question to the digest's match. The planner's thread.
 *
 * <pre>
 *   OPENING ─┬─▶ LONE ──▶ CROWD ─┬─▶ VERIFYING ──▶ ended
 *            ├─▶ HELD ───────────┤       │ mismatch
 *            ├─▶ CROWD ──────────┤       ▼
 *            └─▶ STREAM ─────────┘     LONE, distrusted
 * </pre>
 */
final class BlobFetch {
  /** Where the fetch stands. */
  enum Phase {
    OPENING,
    LONE,
    HELD,
    CROWD,
    STREAM,
    VERIFYING,
    ENDED
  }

  private final BlobKey key;
  private final Kernel kernel;
  private final Participant participant;
  private final BlobOpening opening;
  private final BlobHomes homes;
  private final BlobWatch watch;
  private final Missing missing;
  private final Window window;
  private Phase phase = Phase.OPENING;
  private final Origins origins;
  private List<String> holders = List.of();
  private @Nullable LoneRun lone;
  private long canFetchAt = Long.MIN_VALUE;
  private boolean distrusted;

  /** It came upstream in one go, without a crowd: its home does not know yet that it is here. */
  private boolean unshared;

  BlobFetch(Event.Want want, Kernel kernel, Participant participant) {
    this.key = want.key();
    this.kernel = kernel;
    this.participant = participant;
    this.missing = new Missing(want.knownSize(), want.held());
    this.origins = new Origins(want.key(), kernel);
    this.window = new Window(this, kernel, missing);
    this.watch = new BlobWatch(this, kernel, participant);
    this.opening = new BlobOpening(this, kernel, participant);
    this.homes = new BlobHomes(this, kernel, participant);
    if (missing.none()) {
      verify();
    } else {
      opening.open();
    }
  }

  BlobKey key() {
    return key;
  }

  Phase phase() {
    return phase;
  }

  long size() {
    return missing.size();
  }

  /** From what age on a chunk is slow, but no less than {@code least}. */
  long slowNanos(long least) {
    return participant.pace().slowNanos(least, participant.underWay());
  }

  /** Nothing is left to begin: what is late makes all late. Early moves may cross zones. */
  boolean lastOnes() {
    boolean last = phase == Phase.CROWD && missing.left() <= window.size();
    return last && kernel.placement().zoneCount() < 2;
  }

  Pace pace() {
    return participant.pace();
  }

  boolean canFetch() {
    return kernel.now() >= canFetchAt;
  }

  boolean distrusted() {
    return distrusted;
  }

  List<String> holders() {
    return holders;
  }

  @Nullable ChunkFetch chunk(int number) {
    return window.find(number);
  }

  @Nullable LoneRun lone() {
    return lone;
  }

  int firstMissing() {
    return missing.first();
  }

  boolean fetchesUpstream() {
    return lone != null || window.upstream();
  }

  boolean holds(int chunk) {
    return missing.holds(chunk);
  }

  long endOf(int chunk) {
    return chunk == Question.WHOLE ? Question.UNKNOWN_SIZE : new ChunkGrid(size()).end(chunk);
  }

  int heldBits(int segment) {
    return missing.heldBits(segment);
  }

  long begin(Flow flow) {
    return participant.begin(flow);
  }

  void stop(long flow) {
    participant.stop(flow);
  }

  void received(long bytes) {
    participant.pace().received(kernel.now(), bytes);
    watch.progressed();
  }

  void locate(ChunkFetch chunk) {
    homes.locate(chunk);
  }

  /** Those who were said to hold it are of no use. */
  void reopen() {
    opening.reopen(holders);
  }

  void report(int chunk, long bytes, Question.LeaseState state, Consumer<Answer.Heard> then) {
    homes.report(chunk, bytes, state, then);
  }

  /** Others came while its home thought that this node fetches it alone. */
  void revoke(Consumer<Answer.Revoked> then) {
    LoneRun running = lone;
    if (running != null) {
      running.revoke(then);
    } else if (phase == Phase.OPENING) {
      opening.revoke(then);
    } else {
      share(List.of(), then);
    }
  }

  void share(List<Question.Leasehold> leases, Consumer<Answer.Revoked> then) {
    homes.share(leases, then);
  }

  void opening() {
    phase = Phase.OPENING;
  }

  void heldBy(long told, List<String> names) {
    holders = names;
    proceed(told, Phase.HELD);
  }

  void crowd(long told, List<String> seeds) {
    holders = seeds;
    proceed(told, Phase.CROWD);
  }

  void stream(long told) {
    if (told != Question.UNKNOWN_SIZE && !missing.sizeKnown()) {
      missing.resize(told);
    }
    phase = Phase.STREAM;
    fill();
  }

  private void proceed(long told, Phase next) {
    if (size() != told) {
      resize(told);
    }
    phase = next;
    unshared = false;
    fill();
  }

  void joinCrowd() {
    unshared = false;
    phase = Phase.CROWD;
    kernel.post(this::fill);
  }

  /** Fetches all that is missing upstream, in one go where nothing is in between. */
  void alone(boolean leased) {
    int first = missing.first();
    ChunkFetch begun = window.find(first);
    long start =
        (missing.sizeKnown() ? new ChunkGrid(size()).start(first) : 0)
            + (begun == null ? 0 : begun.bytes());
    stopLone();
    long end = missing.sizeKnown() ? missing.endOfRun(first) : Question.UNKNOWN_SIZE;
    window.endAll();
    phase = Phase.LONE;
    unshared = true;
    lone = new LoneRun(this, kernel, leased, start, end);
  }

  void loneEnded(long flow) {
    participant.ending(flow);
    lone = null;
  }

  /** The run upstream ended without its end: ask again what to do. */
  void loneStopped() {
    lone = null;
    if (phase == Phase.LONE) {
      opening();
      kernel.after(Limits.RETRY_NANOS, opening::openIfOpening);
    } else {
      fill();
    }
  }

  /** Upstream's word on the size; true where everything starts anew because of it. */
  boolean upstreamSaid(long told) {
    if (told == Question.UNKNOWN_SIZE || told == size()) {
      return false;
    }
    boolean anew = missing.sizeKnown();
    resize(told);
    if (anew) {
      stopLone();
      alone(false);
    }
    return anew;
  }

  boolean contradicts(long told) {
    return told != Question.UNKNOWN_SIZE && missing.sizeKnown() && told != size();
  }

  private void resize(long told) {
    if (missing.sizeKnown()) {
      window.endAll();
    }
    missing.resize(told);
    kernel.emit(new Action.SetSize(key, told));
  }

  void upstreamFailed() {
    canFetchAt = kernel.now() + Limits.UPSTREAM_BACK_OFF_NANOS;
  }

  void waitsFor(long offset) {
    missing.hurry(offset);
    fill();
  }

  /** Keeps the window full. */
  void fill() {
    switch (phase) {
      case STREAM -> {
        if (window.size() == 0) {
          window.begin(Question.WHOLE).ask();
        }
      }
      case HELD -> window.fill(participant.mayStart(this), participant.least(), 1);
      case CROWD ->
          window.fill(participant.mayStart(this), participant.least(), Limits.LOOK_AHEAD_CHUNKS);
      case OPENING, LONE, VERIFYING, ENDED -> {}
    }
  }

  int underWay() {
    return window.size() + (lone == null ? 0 : 1);
  }

  boolean underWay(int number) {
    LoneRun running = lone;
    return window.find(number) != null || (running != null && running.covers(number));
  }

  /** Nobody has this chunk, and nobody is to fetch it yet. */
  void defer(ChunkFetch fetch) {
    if (phase == Phase.CROWD && fetch.chunk() != Question.WHOLE) {
      window.defer(fetch);
    } else {
      fetch.unlocated();
    }
  }

  /** Somebody who asks for the chunk was told that this node is to fetch it upstream. */
  void leased(int number) {
    ChunkFetch fetch = window.find(number);
    if (fetch != null) {
      if (!fetch.rooted()) {
        fetch.goUpstream();
      }
    } else if (phase == Phase.CROWD
        && number >= 0
        && number < missing.count()
        && !holds(number)
        && !underWay(number)) {
      window.begin(number).goUpstream();
    }
  }

  void gave(String member) {
    homes.gave(member);
  }

  void chunkDone(int number, String fetchedBy, boolean reported) {
    watch.progressed();
    window.remove(number);
    if (phase == Phase.VERIFYING || phase == Phase.ENDED || number >= missing.count()) {
      return;
    }
    if (number == Question.WHOLE) {
      verify();
      return;
    }
    missing.hold(number);
    if (!distrusted) {
      origins.note(number, fetchedBy);
    }
    if (reported) {
      report(number, 0, Question.LeaseState.DONE, heard -> {});
    }
    if (missing.none()) {
      verify();
    } else if (phase == Phase.LONE && lone == null) {
      alone(true);
    } else {
      participant.fill();
    }
  }

  void dropped(int chunk) {
    participant.cut(key, chunk);
  }

  private void verify() {
    window.endAll();
    phase = Phase.VERIFYING;
    kernel.emit(new Action.Verify(key));
  }

  void verified(long verifiedSize, boolean tell) {
    missing.resize(verifiedSize);
    phase = Phase.ENDED;
    if (tell && unshared) {
      report(Question.WHOLE, 0, Question.LeaseState.DONE, heard -> {});
    }
    kernel.emit(new Action.Finished(key));
  }

  /** Its chunks matched and it did not: upstream is asked for all of it again, and compared. */
  void mismatched() {
    if (distrusted || !canFetch()) {
      participant.giveUp(this);
      return;
    }
    distrusted = true;
    missing.clear();
    kernel.emit(new Action.Distrust(key));
    alone(false);
  }

  void differs(int chunk) {
    origins.blame(chunk);
  }

  void end() {
    window.endAll();
    stopLone();
    phase = Phase.ENDED;
  }

  private void stopLone() {
    LoneRun running = lone;
    if (running != null) {
      lone = null;
      running.stop();
    }
  }
}
