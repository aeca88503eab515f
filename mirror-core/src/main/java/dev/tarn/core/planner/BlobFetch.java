package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.placement.Placement;
import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob that this node wants, from the first question to the digest's match. The planner's
 * thread.
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

  private final Digest digest;
  private final Kernel kernel;
  private final Participant participant;
  private final BlobOpening opening;
  private final BlobHomes homes;
  private final TreeMap<Integer, ChunkFetch> chunks = new TreeMap<>();
  private final Set<Integer> urgent = new LinkedHashSet<>();
  private Phase phase = Phase.OPENING;
  private long size;
  private BitSet held;
  private @Nullable String[] fetchers = new String[0];
  private List<String> holders = List.of();
  private @Nullable LoneRun lone;
  private long canFetchAt = Long.MIN_VALUE;
  private long progressAt;
  private int head = -1;
  private long headBytes;
  private long headAt;
  private boolean distrusted;

  /** It came upstream in one go, without a crowd: its home does not know yet that it is here. */
  private boolean unshared;

  BlobFetch(Event.Want want, Kernel kernel, Participant participant) {
    this.digest = want.digest();
    this.kernel = kernel;
    this.participant = participant;
    this.size = want.knownSize();
    this.held = (BitSet) want.held().clone();
    this.progressAt = kernel.now();
    this.opening = new BlobOpening(this, kernel, participant);
    this.homes = new BlobHomes(this, kernel, participant);
    if (complete()) {
      verify();
    } else {
      opening.open();
    }
    watch();
  }

  Digest digest() {
    return digest;
  }

  Phase phase() {
    return phase;
  }

  long size() {
    return size;
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
    return chunks.get(number);
  }

  @Nullable LoneRun lone() {
    return lone;
  }

  boolean holds(int chunk) {
    return chunk >= 0 && held.get(chunk);
  }

  long endOf(int chunk) {
    return chunk == Question.WHOLE ? Question.UNKNOWN_SIZE : new ChunkGrid(size).end(chunk);
  }

  /** Which chunks of a segment are here, as bits. */
  int heldBits(int segment) {
    int bits = 0;
    for (int i = 0; i < Placement.SEGMENT_CHUNKS; i++) {
      bits |= held.get(segment * Placement.SEGMENT_CHUNKS + i) ? 1 << i : 0;
    }
    return bits;
  }

  private int count() {
    return size == Question.UNKNOWN_SIZE ? 0 : new ChunkGrid(size).count();
  }

  private boolean complete() {
    return size != Question.UNKNOWN_SIZE && held.cardinality() == count();
  }

  long begin(Flow flow) {
    return participant.begin(flow);
  }

  void stop(long flow) {
    participant.stop(flow);
  }

  void received(long bytes) {
    participant.pace().received(kernel.now(), bytes);
    progressAt = kernel.now();
  }

  void locate(ChunkFetch chunk) {
    if (phase == Phase.HELD) {
      List<String> usable =
          holders.stream()
              .filter(name -> kernel.usable(name) && !chunk.avoid().contains(name))
              .toList();
      if (usable.isEmpty()) {
        opening.reopen(holders);
      }
      Answer.Place place =
          new Answer.Place(chunk.chunk(), Answer.PlaceKind.CANDIDATES, usable, "");
      kernel.post(() -> chunk.located(place));
    } else {
      homes.locate(chunk);
    }
  }

  void report(int chunk, long bytes, Question.LeaseState state, Consumer<Answer.Heard> then) {
    homes.report(chunk, bytes, state, then);
  }

  void tellHomes(int upTo, long bytes, Runnable then) {
    homes.tellAll(upTo, bytes, then);
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
    if (told != Question.UNKNOWN_SIZE && size == Question.UNKNOWN_SIZE) {
      size = told;
    }
    phase = Phase.STREAM;
    fill();
  }

  private void proceed(long told, Phase next) {
    if (size != told) {
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
    chunks.values().forEach(ChunkFetch::end);
    long start = 0;
    long end = Question.UNKNOWN_SIZE;
    if (size != Question.UNKNOWN_SIZE) {
      int first = held.nextClearBit(0);
      int next = held.nextSetBit(first);
      ChunkFetch begun = chunks.get(first);
      start = new ChunkGrid(size).start(first) + (begun == null ? 0 : begun.bytes());
      end = next < 0 ? Question.UNKNOWN_SIZE : new ChunkGrid(size).start(next);
    }
    chunks.clear();
    phase = Phase.LONE;
    unshared = true;
    lone = new LoneRun(this, kernel, leased, start, end);
  }

  void loneEnded(long flow) {
    participant.forget(flow);
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
    if (told == Question.UNKNOWN_SIZE || told == size) {
      return false;
    }
    boolean anew = size != Question.UNKNOWN_SIZE;
    resize(told);
    if (anew) {
      stopLone();
      alone(false);
    }
    return anew;
  }

  boolean contradicts(long told) {
    return told != Question.UNKNOWN_SIZE && size != Question.UNKNOWN_SIZE && told != size;
  }

  private void resize(long told) {
    if (size != Question.UNKNOWN_SIZE) {
      chunks.values().forEach(ChunkFetch::end);
      chunks.clear();
      held = new BitSet();
    }
    size = told;
    kernel.emit(new Action.SetSize(digest, told));
  }

  void upstreamFailed() {
    canFetchAt = kernel.now() + Limits.UPSTREAM_BACK_OFF_NANOS;
  }

  void waitsFor(long offset) {
    if (size != Question.UNKNOWN_SIZE && offset < size) {
      urgent.add(new ChunkGrid(size).chunkAt(offset));
      fill();
    }
  }

  /** Keeps the window full. */
  void fill() {
    if (phase == Phase.STREAM) {
      if (chunks.isEmpty()) {
        start(Question.WHOLE);
      }
      return;
    }
    if (phase != Phase.HELD && phase != Phase.CROWD) {
      return;
    }
    while (chunks.size() + (lone == null ? 0 : 1) < Limits.WINDOW_CHUNKS) {
      int next = pick();
      if (next < 0) {
        return;
      }
      start(next);
    }
  }

  private void start(int number) {
    begun(number).ask();
  }

  private ChunkFetch begun(int number) {
    long start = number == Question.WHOLE ? 0 : new ChunkGrid(size).start(number);
    ChunkFetch fetch = new ChunkFetch(this, kernel, number, start, 0);
    chunks.put(number, fetch);
    return fetch;
  }

  private int pick() {
    urgent.removeIf(held::get);
    for (int number : urgent) {
      if (missing(number)) {
        return number;
      }
    }
    int wanted = phase == Phase.CROWD ? Limits.LOOK_AHEAD_CHUNKS : 1;
    List<Integer> ahead = new ArrayList<>();
    int count = count();
    for (int i = held.nextClearBit(0); i < count && ahead.size() < wanted; i = held.nextClearBit(i + 1)) {
      if (missing(i)) {
        ahead.add(i);
      }
    }
    return ahead.isEmpty() ? -1 : ahead.get(kernel.random().nextInt(ahead.size()));
  }

  private boolean missing(int number) {
    return number < count()
        && !held.get(number)
        && !chunks.containsKey(number)
        && (lone == null || !lone.covers(number));
  }

  /** Somebody who asks for the chunk was told that this node is to fetch it upstream. */
  void leased(int number) {
    ChunkFetch fetch = chunks.get(number);
    if (fetch != null) {
      if (!fetch.rooted()) {
        fetch.goUpstream();
      }
    } else if (phase == Phase.CROWD && number >= 0 && missing(number)) {
      begun(number).goUpstream();
    }
  }

  void chunkDone(int number, String fetchedBy, boolean reported) {
    progressAt = kernel.now();
    chunks.remove(number);
    if (number == Question.WHOLE) {
      verify();
      return;
    }
    held.set(number);
    if (fetchers.length != count()) {
      fetchers = new String[count()];
    }
    if (!distrusted) {
      fetchers[number] = fetchedBy;
    }
    if (reported) {
      report(number, 0, Question.LeaseState.DONE, heard -> {});
    }
    if (complete()) {
      verify();
    } else if (phase == Phase.LONE && lone == null) {
      alone(true);
    } else {
      fill();
    }
  }

  void dropped(int chunk) {
    participant.cut(digest, chunk);
  }

  private void verify() {
    chunks.values().forEach(ChunkFetch::end);
    chunks.clear();
    phase = Phase.VERIFYING;
    kernel.emit(new Action.Verify(digest));
  }

  void verified(long verifiedSize, boolean tell) {
    size = verifiedSize;
    phase = Phase.ENDED;
    if (tell && unshared) {
      report(Question.WHOLE, 0, Question.LeaseState.DONE, heard -> {});
    }
    kernel.emit(new Action.Finished(digest));
  }

  /** Its chunks matched and it did not: upstream is asked for all of it again, and compared. */
  void mismatched() {
    if (distrusted || !canFetch()) {
      participant.giveUp(this);
      return;
    }
    distrusted = true;
    held = new BitSet();
    kernel.emit(new Action.Distrust(digest));
    alone(false);
  }

  void differs(int chunk) {
    String fetcher = chunk < fetchers.length ? fetchers[chunk] : null;
    if (fetcher != null && !fetcher.equals(kernel.self())) {
      kernel.health().shun(fetcher);
      kernel.emit(new Action.Blame(fetcher, digest, chunk));
    }
  }

  void end() {
    chunks.values().forEach(ChunkFetch::end);
    chunks.clear();
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

  /** Once a second: a starved reader goes upstream itself, and what can't succeed ends. */
  private void watch() {
    if (phase == Phase.ENDED) {
      return;
    }
    kernel.after(Limits.STARVED_NANOS / 5, this::watch);
    long now = kernel.now();
    boolean upstream = lone != null || chunks.values().stream().anyMatch(ChunkFetch::upstream);
    if (phase == Phase.VERIFYING || (upstream && now - progressAt < 2 * Limits.GIVE_UP_NANOS)) {
      return;
    }
    long idle = now - progressAt;
    if (idle >= Limits.STARVED_NANOS && !canFetch() || idle >= Limits.GIVE_UP_NANOS) {
      participant.giveUp(this);
    } else if (idle >= Limits.STARVED_NANOS) {
      alone(false);
    } else {
      watchHead(now);
    }
  }

  private void watchHead(long now) {
    int first = size == Question.UNKNOWN_SIZE ? Question.WHOLE : held.nextClearBit(0);
    ChunkFetch fetch = chunks.get(first);
    long has = fetch == null ? 0 : fetch.bytes();
    if (first != head || has != headBytes) {
      head = first;
      headBytes = has;
      headAt = now;
    } else if (fetch != null && now - headAt >= Limits.STARVED_NANOS && canFetch()) {
      fetch.goUpstream();
    }
  }
}
