package dev.tarn.server.peer.runtime;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Planner;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.core.tag.TagName;
import dev.tarn.server.peer.AskOutcome;
import dev.tarn.server.peer.PeerClient;
import dev.tarn.server.peer.PeerService;
import dev.tarn.server.peer.Upload;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node among its peers: its planner, and everything that the planner has done. Thread-safe; no
 * method blocks but {@link #close}.
 */
public final class PeerRuntime implements PeerService, AutoCloseable {
  /**
   * What it works with.
   *
   * @param workers threads that may block
   * @param nanoClock a monotonic clock in nanoseconds
   * @param word how this node is, for peers that ask; nothing where it is not told; may block
   */
  public record Parts(
      String self,
      BlobFiles files,
      UpstreamSource upstream,
      PeerClient client,
      Executor workers,
      LongSupplier nanoClock,
      RandomGenerator random,
      RuntimeListener listener,
      Supplier<String> word) {}

  private record Wanted(Arrival arrival, Consumer<WantOutcome> then) {}

  private final Parts parts;
  private final PlannerLoop loop;
  private final ScheduledExecutorService thread;
  private final Tails tails;
  private final Serving serving;
  private final TagHomes tagHomes;
  private final Host host = new Host();
  private final Map<BlobKey, Wanted> wanted = new ConcurrentHashMap<>();
  private final Map<Long, Flow> flows = new ConcurrentHashMap<>();

  /** Starts the planner's thread. */
  public PeerRuntime(Parts parts, Membership membership) {
    this.parts = parts;
    this.tails = new Tails(parts.self());
    this.tagHomes = new TagHomes(parts.self(), parts.client(), membership);
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tarn-planner").daemon().factory());
    Planner planner =
        new Planner(parts.self(), membership, parts.random(), parts.nanoClock().getAsLong());
    this.loop =
        new PlannerLoop(
            planner, thread, parts.nanoClock(), this::perform, parts.listener()::failed);
    this.serving =
        new Serving(parts.self(), this::arrival, parts.files(), tails, parts.workers(), loop::tell);
    loop.tell(new Event.Tick());
  }

  private @Nullable Arrival arrival(BlobKey key) {
    Wanted blob = wanted.get(key);
    return blob == null ? null : blob.arrival();
  }

  /**
   * What an earlier attempt left of a blob.
   *
   * @param file with it; the runtime closes it
   * @param size the whole blob's
   * @param chunks those that are there, with their hashes: this node vouches for them
   */
  public record Kept(BlobFile file, long size, Map<Integer, Digest> chunks) {}

  /**
   * A client of this node wants a blob that is not here.
   *
   * @param then hears once what became of it, unless {@link #unwant} came before; on any thread,
   *     must not block
   * @return whether this is the first to want it; else it is on its way, and the rest forgotten
   */
  public boolean want(BlobKey key, @Nullable Kept kept, Consumer<WantOutcome> then) {
    Arrival arrival =
        kept == null
            ? new Arrival(key, Question.UNKNOWN_SIZE, parts.files())
            : Arrival.continued(key, kept, parts.files(), parts.self());
    if (wanted.putIfAbsent(key, new Wanted(arrival, then)) != null) {
      return false;
    }
    BitSet held = new BitSet();
    if (kept != null) {
      kept.chunks().keySet().forEach(held::set);
    }
    loop.tell(new Event.Want(key, Question.UNKNOWN_SIZE, arrival.size(), held));
    return true;
  }

  /** Nobody on this node wants it any more. */
  public void unwant(BlobKey key) {
    Wanted left = wanted.remove(key);
    if (left != null) {
      loop.tell(new Event.Unwant(key));
      work(() -> left.arrival().end(false));
    }
  }

  /** A reader has been waiting for the byte at {@code offset} for a while: it goes first. */
  public void readerWaits(BlobKey key, long offset) {
    loop.tell(new Event.ReaderWaits(key, offset));
  }

  /** Content is here, complete, that did not come by {@link #want}. */
  public void stored(BlobKey key, long size) {
    loop.tell(new Event.Stored(key, size));
  }

  /** Complete content is no longer here. */
  public void evicted(BlobKey key) {
    loop.tell(new Event.Evicted(key));
  }

  /** Tells the homes of a tag what its registry has just said that it names. */
  public void tellTag(TagName tag, Digest digest) {
    tagHomes.tell(tag, digest);
  }

  /** What most homes of a tag say that it names; never fails, but may take its time. */
  public CompletableFuture<Optional<Digest>> askTag(TagName tag) {
    return tagHomes.ask(tag);
  }

  @Override
  public void tagAsked(TagName tag, Consumer<Optional<Digest>> reply) {
    work(() -> reply.accept(parts.files().tags().known(tag)), () -> reply.accept(Optional.empty()));
  }

  @Override
  public void tagTold(TagName tag, Digest digest) {
    work(() -> parts.files().tags().told(tag, digest));
  }

  public void membershipChanged(Membership membership) {
    tagHomes.membershipChanged(membership);
    loop.tell(new Event.MembershipChanged(membership));
  }

  /** Whether this node can store what it fetches. */
  public void roomChanged(boolean room) {
    loop.tell(new Event.RoomChanged(room));
  }

  @Override
  public void statusAsked(String from, Consumer<String> reply) {
    work(() -> reply.accept(parts.word().get()), () -> reply.accept(""));
  }

  @Override
  public void asked(String from, Question question, Consumer<Answer> reply) {
    serving.asked(from, question, reply);
  }

  @Override
  public void fetchAsked(String from, ChunkRequest request, Upload upload) {
    serving.fetchAsked(from, request, upload);
  }

  @Override
  public @Nullable Voucher voucher(ChunkRequest request) {
    RepositoryName repository = request.repository();
    return repository == null ? null : parts.files().vouchers().voucher(request.key(), repository);
  }

  /** Carries an action out; on the planner's thread. */
  private void perform(Action action) {
    switch (action) {
      case Action.Ask ask -> ask(ask);
      case Action.Reply(long token, Answer answer) -> serving.reply(token, answer);
      case Action.FetchFrom fetch -> {
        Wanted blob = wanted.get(fetch.key());
        begin(
            fetch.id(),
            blob == null ? null : new Reception(fetch, blob.arrival(), parts.client(), host));
      }
      case Action.FetchUpstream fetch -> {
        Wanted blob = wanted.get(fetch.key());
        begin(
            fetch.id(),
            blob == null
                ? null
                : new UpstreamReception(fetch, blob.arrival(), parts.upstream(), host));
      }
      case Action.EndUpstream(long id, long end) -> {
        if (flows.get(id) instanceof UpstreamReception reception) {
          reception.endAt(end);
        }
      }
      case Action.Cancel(long id) -> {
        Flow flow = flows.remove(id);
        if (flow != null) {
          flow.cancel();
        }
      }
      case Action.Serve(long token) -> serving.serve(token);
      case Action.Refuse(long token, FetchFailure reason) -> serving.refuse(token, reason);
      case Action.CutServe(long token) -> serving.cut(token);
      case Action.SetSize(BlobKey key, long size) -> resize(key, size);
      case Action.Verify(BlobKey key) -> verify(key);
      case Action.Distrust(BlobKey key) -> {
        parts.listener().blobMismatch(key);
        Wanted blob = wanted.get(key);
        if (blob != null) {
          blob.arrival().distrust();
        }
      }
      case Action.Blame(String member, BlobKey key, int chunk) ->
          parts.listener().blamed(member, key, chunk);
      case Action.Avoid(String member, long until) -> parts.listener().avoided(member, until);
      case Action.Finished(BlobKey key) -> end(key, WantOutcome.COMPLETE);
      case Action.GaveUp(BlobKey key) -> end(key, WantOutcome.NOBODY);
      case Action.ListInventory _ ->
          work(() -> loop.tell(new Event.Inventory(parts.files().inventory())));
      case Action.NameKeys(List<Event.Content> content) -> work(() -> nameKeys(content));
      case Action.WakeAt _ -> throw new IllegalArgumentException("is the loop's own");
    }
  }

  private void nameKeys(List<Event.Content> content) {
    for (Event.Content one : content) {
      for (BlobKey key : parts.files().keys(one.digest())) {
        stored(key, one.size());
      }
    }
  }

  private void ask(Action.Ask ask) {
    parts
        .client()
        .ask(
            ask.to(),
            ask.question(),
            outcome ->
                loop.tell(
                    switch (outcome) {
                      case AskOutcome.Answered(Answer answer) ->
                          new Event.Answered(ask.id(), answer);
                      case AskOutcome.Unanswered _ -> new Event.Unanswered(ask.id());
                    }));
  }

  private void begin(long id, @Nullable Flow flow) {
    if (flow == null) {
      loop.tell(new Event.FetchFailed(id, FetchFailure.GONE)); // It is over by now.
      return;
    }
    flows.put(id, flow);
    work(flow::start);
  }

  private void resize(BlobKey key, long size) {
    Wanted blob = wanted.get(key);
    SharedFile old = blob == null ? null : blob.arrival().resize(size);
    if (old != null) {
      work(old::abandon);
    }
  }

  private void verify(BlobKey key) {
    Wanted blob = wanted.get(key);
    if (blob == null) {
      return;
    }
    work(
        () -> {
          try {
            boolean matched = blob.arrival().complete();
            loop.tell(
                matched
                    ? new Event.Verified(key, blob.arrival().size())
                    : new Event.Mismatched(key));
          } catch (IOException e) {
            host.storageFailed(blob.arrival(), e);
          }
        });
  }

  private void end(BlobKey key, WantOutcome outcome) {
    Wanted blob = wanted.remove(key);
    if (blob == null) {
      return;
    }
    boolean complete = outcome == WantOutcome.COMPLETE;
    if (complete) {
      tails.remember(key.digest(), blob.arrival().tails());
    }
    work(() -> blob.arrival().end(complete));
    blob.then().accept(outcome);
  }

  private void work(Runnable task) {
    work(task, () -> {});
  }

  private void work(Runnable task, Runnable whenClosing) {
    try {
      parts.workers().execute(task);
    } catch (RejectedExecutionException _) {
      whenClosing.run();
    }
  }

  /** How many blobs are on their way. */
  public int arriving() {
    return wanted.size();
  }

  /** How many fetches are under way. */
  public int flows() {
    return flows.size();
  }

  /** Stops: the planner decides nothing more, what is under way is cancelled. */
  @Override
  public void close() {
    thread.shutdownNow();
    flows.values().forEach(Flow::cancel);
    flows.clear();
    wanted.values().forEach(blob -> blob.arrival().end(false));
    wanted.clear();
    serving.close();
  }

  /** What the flows tell. */
  private final class Host implements FlowHost {
    @Override
    public String self() {
      return parts.self();
    }

    @Override
    public void tell(Event event) {
      loop.tell(event);
    }

    @Override
    public Vouchers vouchers() {
      return parts.files().vouchers();
    }

    @Override
    public void over(long id) {
      flows.remove(id);
    }

    @Override
    public void chunkMismatch(Member from, BlobKey key, int chunk) {
      parts.listener().chunkMismatch(from, key, chunk);
    }

    @Override
    public void chunkLength(Member from, BlobKey key, int chunk) {
      parts.listener().chunkLength(from, key, chunk);
    }

    @Override
    public void storageFailed(Arrival arrival, IOException cause) {
      BlobKey key = arrival.key();
      Wanted blob = wanted.get(key);
      // Who stopped wanting it closes its file under those who still write; another may want it by
      // now.
      if (blob != null && blob.arrival().equals(arrival) && wanted.remove(key, blob)) {
        parts.listener().storageFailed(key, cause);
        loop.tell(new Event.Unwant(key));
        work(() -> arrival.end(false));
        blob.then().accept(WantOutcome.STORAGE);
      }
    }

    @Override
    public long nanos() {
      return parts.nanoClock().getAsLong();
    }
  }
}
