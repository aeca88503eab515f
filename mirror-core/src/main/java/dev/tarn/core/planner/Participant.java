package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What this node wants, and what it gives while it gets it. The planner's thread. */
final class Participant {
  private final Kernel kernel;
  private final Uploads uploads;
  private final Announcer announcer;
  private final Pace pace = new Pace();
  private final Map<BlobKey, BlobFetch> fetches = new LinkedHashMap<>();
  private final Map<Long, Flow> flows = new LinkedHashMap<>();

  /** Runs that are over for the planner, whose last chunks may yet be told. */
  private final Map<Long, Flow> ending =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Flow> eldest) {
          return size() > Limits.ENDING;
        }
      };

  private boolean room = true;

  Participant(Kernel kernel, Announcer announcer) {
    this.kernel = kernel;
    this.uploads = new Uploads(kernel, pace);
    this.announcer = announcer;
  }

  boolean room() {
    return room;
  }

  void room(boolean has) {
    room = has;
  }

  /** How many fetches share this node's link. */
  int underWay() {
    return flows.size();
  }

  /** How many chunks of a blob may be begun: a few of each, the rest by order of wanting. */
  int mayStart(BlobFetch fetch) {
    int own = fetch.underWay();
    int all = 0;
    for (BlobFetch other : fetches.values()) {
      all += other.underWay();
    }
    int chunks = pace.chunks(kernel.now());
    int most = Math.min(Limits.WINDOW_CHUNKS - own, chunks - all);
    return Math.max(most, leastOf(chunks) - own);
  }

  /** How many chunks a blob has in flight in any case. */
  int least() {
    return leastOf(pace.chunks(kernel.now()));
  }

  private static int leastOf(int chunks) {
    return Math.max(1, chunks / Limits.LEAST_PART);
  }

  void fill() {
    List.copyOf(fetches.values()).forEach(BlobFetch::fill);
  }

  Pace pace() {
    return pace;
  }

  Uploads uploads() {
    return uploads;
  }

  void want(Event.Want want) {
    if (!fetches.containsKey(want.key())) {
      fetches.put(want.key(), new BlobFetch(want, kernel, this));
    }
  }

  void unwant(BlobKey key) {
    BlobFetch fetch = fetches.remove(key);
    if (fetch != null) {
      fetch.end();
    }
  }

  void giveUp(BlobFetch fetch) {
    fetches.remove(fetch.key());
    fetch.end();
    kernel.emit(new Action.GaveUp(fetch.key()));
  }

  @Nullable BlobFetch find(BlobKey key) {
    return fetches.get(key);
  }

  void verified(BlobKey key, long size) {
    BlobFetch fetch = fetches.remove(key);
    if (fetch != null) {
      fetch.verified(size, room);
      if (room) {
        announcer.held(new Question.Held(key, size));
      }
    }
  }

  long begin(Flow flow) {
    long id = kernel.newId();
    flows.put(id, flow);
    return id;
  }

  void stop(long id) {
    if (flows.remove(id) != null) {
      kernel.emit(new Action.Cancel(id));
    }
  }

  /** It is over; chunks of it that were under way to the planner then still count. */
  void ending(long id) {
    Flow flow = flows.remove(id);
    if (flow != null) {
      ending.put(id, flow);
    }
  }

  /** The flow of that number; a late word on one that was stopped finds none. */
  void flow(long id, boolean last, Consumer<Flow> what) {
    Flow flow = last ? flows.remove(id) : flows.get(id);
    if (flow != null) {
      what.accept(flow);
    }
  }

  void chunkDone(Event.ChunkDone done) {
    Flow flow = flows.containsKey(done.id()) ? flows.get(done.id()) : ending.get(done.id());
    if (flow instanceof ChunkFetch) {
      flows.remove(done.id());
    }
    if (flow != null) {
      flow.done(done.chunk(), done.fetchedBy());
    }
  }

  void cut(BlobKey key, int chunk) {
    uploads.cut(key, chunk);
  }

  Answer probed(Question.Probe probe, Event.Local local) {
    BlobFetch fetch = fetches.get(probe.key());
    if (fetch == null) {
      return new Answer.Load(
          uploads.count(), uploads.busy(), local.bytes(), local.whole(), false, false);
    }
    if (probe.leased()) {
      fetch.leased(probe.chunk());
    }
    boolean whole = local.whole() && !fetch.distrusted();
    boolean upstream = upstream(fetch, probe.chunk());
    ChunkFetch chunk = fetch.chunk(probe.chunk());
    boolean rooted = upstream || (chunk != null && chunk.rooted());
    boolean busy = uploads.busy() || (!room && !whole) || fetch.distrusted();
    return new Answer.Load(uploads.count(), busy, local.bytes(), whole, rooted, upstream);
  }

  private static boolean upstream(BlobFetch fetch, int number) {
    LoneRun lone = fetch.lone();
    ChunkFetch chunk = fetch.chunk(number);
    return (chunk != null && chunk.upstream()) || (lone != null && lone.comes(number));
  }

  void fetchAsked(Event.FetchAsked asked) {
    BlobFetch fetch = fetches.get(asked.key());
    if (asked.leased() && fetch != null) {
      fetch.leased(asked.chunk());
    }
    if (uploads.busy()) {
      uploads.refuse(asked.token(), Event.FetchFailure.BUSY);
    } else if (fetch == null) {
      serveIf(asked, asked.local().whole(), Event.FetchFailure.GONE);
    } else if (fetch.distrusted() || (!room && !asked.local().whole())) {
      uploads.refuse(asked.token(), Event.FetchFailure.GONE);
    } else {
      boolean comes = fetch.chunk(asked.chunk()) != null || upstream(fetch, asked.chunk());
      serveIf(
          asked,
          asked.local().whole() || (comes && ahead(fetch, asked)),
          comes ? Event.FetchFailure.NOT_AHEAD : Event.FetchFailure.GONE);
    }
  }

  private void serveIf(Event.FetchAsked asked, boolean serve, Event.FetchFailure otherwise) {
    if (serve) {
      uploads.start(asked.token(), asked.key(), asked.chunk(), asked.local().whole());
    } else {
      uploads.refuse(asked.token(), otherwise);
    }
  }

  /** Bytes flow only downhill: that is what keeps cycles from closing. */
  private static boolean ahead(BlobFetch fetch, Event.FetchAsked asked) {
    long bytes = asked.local().bytes();
    ChunkFetch chunk = fetch.chunk(asked.chunk());
    boolean rooted = chunk != null && chunk.rooted();
    return bytes > asked.offset()
        || (bytes == asked.offset() && upstream(fetch, asked.chunk()))
        || (rooted && asked.offset() == 0);
  }

  void revoked(long token, BlobKey key, Event.Local local) {
    BlobFetch fetch = fetches.get(key);
    if (fetch != null && !fetch.distrusted() && room) {
      fetch.revoke(answer -> kernel.reply(token, answer));
    } else if (fetch == null && local.whole()) {
      kernel.reply(token, new Answer.Revoked(Answer.RevokeKind.COMPLETE, local.bytes()));
    } else {
      kernel.reply(
          token, new Answer.Revoked(Answer.RevokeKind.NOT_FETCHING, Question.UNKNOWN_SIZE));
    }
  }

  /** What this node, as one who takes part, can tell a home that has forgotten. */
  Answer.Known known(BlobKey key, int segment, Event.Local local) {
    BlobFetch fetch = fetches.get(key);
    if (fetch == null || fetch.distrusted()) {
      boolean whole = fetch == null && local.whole();
      return new Answer.Known(
          whole ? local.bytes() : Question.UNKNOWN_SIZE,
          false,
          false,
          "",
          whole ? List.of(kernel.self()) : List.of(),
          List.of());
    }
    List<Answer.ChunkKnown> chunks = new ArrayList<>();
    for (int i = 0; i < Placement.SEGMENT_CHUNKS; i++) {
      int number = segment * Placement.SEGMENT_CHUNKS + i;
      ChunkFetch chunk = fetch.chunk(number);
      if (fetch.holds(number)) {
        chunks.add(new Answer.ChunkKnown(number, List.of(kernel.self()), "", 0));
      } else if (chunk != null && chunk.upstream()) {
        chunks.add(new Answer.ChunkKnown(number, List.of(), kernel.self(), chunk.bytes()));
      }
    }
    LoneRun lone = fetch.lone();
    if (lone != null && !lone.leased()) {
      lone.leases().stream()
          .filter(lease -> Placement.segmentOf(lease.chunk()) == segment)
          .map(
              lease ->
                  new Answer.ChunkKnown(lease.chunk(), List.of(), kernel.self(), lease.bytes()))
          .forEach(chunks::add);
    }
    return new Answer.Known(
        fetch.size(),
        fetch.phase() == BlobFetch.Phase.CROWD,
        fetch.phase() == BlobFetch.Phase.STREAM || (lone != null && lone.stream()),
        lone != null && lone.leased() ? kernel.self() : "",
        List.of(),
        chunks);
  }
}
