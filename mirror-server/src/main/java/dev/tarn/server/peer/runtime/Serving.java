package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Answer;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.peer.ChunkBody;
import dev.tarn.server.peer.PeerService;
import dev.tarn.server.peer.Upload;
import dev.tarn.server.peer.wire.ChunkRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What other nodes ask of this one, from its arrival to the planner's decision. Requests come on
 * event loops, decisions on the planner's thread.
 */
final class Serving implements PeerService {
  private record Offered(ChunkRequest request, Upload upload) {}

  private final String self;
  private final Function<BlobKey, @Nullable Arrival> arrivals;
  private final BlobFiles files;
  private final Tails tails;
  private final Executor workers;

  /** The planner, told on its own thread. */
  private final Consumer<Supplier<Event>> planner;

  private final AtomicLong lastToken = new AtomicLong();
  private final Map<Long, Consumer<Answer>> replies = new ConcurrentHashMap<>();
  private final Map<Long, Offered> offered = new ConcurrentHashMap<>();

  Serving(
      String self,
      Function<BlobKey, @Nullable Arrival> arrivals,
      BlobFiles files,
      Tails tails,
      Executor workers,
      Consumer<Supplier<Event>> planner) {
    this.self = self;
    this.arrivals = arrivals;
    this.files = files;
    this.tails = tails;
    this.workers = workers;
    this.planner = planner;
  }

  @Override
  public void asked(String from, Question question, Consumer<Answer> reply) {
    long token = lastToken.incrementAndGet();
    replies.put(token, reply);
    planner.accept(() -> new Event.Asked(token, from, question, local(question)));
  }

  @Override
  public void fetchAsked(String from, ChunkRequest request, Upload upload) {
    long token = lastToken.incrementAndGet();
    offered.put(token, new Offered(request, upload));
    planner.accept(
        () ->
            new Event.FetchAsked(
                token,
                from,
                request.key(),
                request.chunk(),
                request.offset(),
                request.leased(),
                local(request.key(), request.chunk())));
  }

  private Event.Local local(Question question) {
    return switch (question) {
      case Question.Probe probe -> local(probe.key(), probe.chunk());
      case Question.Consult consult -> local(consult.key(), Question.WHOLE);
      case Question.Revoke revoke -> local(revoke.key(), Question.WHOLE);
      case Question.Open _,
          Question.Locate _,
          Question.Report _,
          Question.Announce _,
          Question.Forwarded _ ->
          Event.Local.NOTHING;
    };
  }

  private Event.Local local(BlobKey key, int chunk) {
    Arrival arrival = arrivals.apply(key);
    if (arrival != null) {
      return arrival.local(chunk);
    }
    long size = files.completeSize(key);
    if (size == Question.UNKNOWN_SIZE || !has(size, chunk)) {
      return Event.Local.NOTHING;
    }
    long bytes = chunk == Question.WHOLE ? size : new ChunkGrid(size).length(chunk);
    return new Event.Local(bytes, true);
  }

  private static boolean has(long size, int chunk) {
    return chunk == Question.WHOLE || (chunk >= 0 && chunk < new ChunkGrid(size).count());
  }

  void reply(long token, Answer answer) {
    Consumer<Answer> reply = replies.remove(token);
    if (reply != null) {
      reply.accept(answer);
    }
  }

  void refuse(long token, FetchFailure reason) {
    Offered refused = offered.remove(token);
    if (refused != null) {
      refused.upload().refuse(reason);
    }
  }

  /** What is being served turned out to be wrong. */
  void cut(long token) {
    Offered cut = offered.remove(token);
    if (cut != null) {
      cut.upload().cut(FetchFailure.MISMATCH);
    }
  }

  void serve(long token) {
    Offered asked = offered.get(token);
    if (asked == null) {
      return;
    }
    asked
        .upload()
        .onEnd(
            () -> {
              offered.remove(token);
              planner.accept(() -> new Event.ServeEnded(token));
            });
    ChunkBody body = body(asked.request().key(), asked.request().chunk());
    if (body == null) {
      asked.upload().refuse(FetchFailure.GONE);
    } else {
      asked.upload().serve(body);
    }
  }

  private @Nullable ChunkBody body(BlobKey key, int chunk) {
    Arrival arrival = arrivals.apply(key);
    if (arrival != null) {
      return arrival.body(chunk, self);
    }
    StoredBlob blob = files.open(key);
    if (blob == null) {
      return null;
    }
    if (!has(blob.size(), chunk)) {
      blob.close();
      return null;
    }
    return new StoredBody(blob, chunk, tails, workers);
  }

  /** Nobody decides any more. */
  void close() {
    offered.values().forEach(one -> one.upload().refuse(FetchFailure.GONE));
    offered.clear();
    replies.clear();
  }
}
