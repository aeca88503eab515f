package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One node of a {@link Cluster}: a planner, a store that only counts bytes, and a link. */
final class TestNode {
  final String name;
  final Map<BlobKey, Stored> store = new LinkedHashMap<>();
  final Set<BlobKey> wanted = new LinkedHashSet<>();
  final Map<BlobKey, Long> doneAt = new LinkedHashMap<>();
  final Set<BlobKey> gaveUp = new LinkedHashSet<>();
  final List<Action.Blame> blames = new ArrayList<>();
  long bytesPerSecond;
  int epoch;
  boolean alive = true;
  boolean denied;
  boolean liar;
  final Cluster cluster;
  private final List<Runnable> missed = new ArrayList<>();
  @Nullable Membership membership;
  private @Nullable Planner planner;
  final Receiving receiving = new Receiving(this);
  private boolean paused;
  private long wakeAt = Long.MAX_VALUE;
  private long lastToken;
  private final Map<Long, Cluster.Transport> offered = new LinkedHashMap<>();
  private final Map<Long, TestNode> askers = new LinkedHashMap<>();
  private final Map<Long, Long> askIds = new LinkedHashMap<>();

  TestNode(Cluster cluster, String name, long bytesPerSecond) {
    this.cluster = cluster;
    this.name = name;
    this.bytesPerSecond = bytesPerSecond;
  }

  void boot(Membership known) {
    membership = known;
    planner =
        new Planner(name, known, new SplittableRandom(cluster.random.nextLong()), cluster.now);
    handle(new Event.Tick());
  }

  boolean paused() {
    return paused;
  }

  boolean idle() {
    return !alive || wanted.isEmpty();
  }

  long wakeAt() {
    return wakeAt;
  }

  Stored stored(BlobKey key) {
    return store.computeIfAbsent(key, d -> new Stored());
  }

  void want(BlobKey key) {
    wanted.add(key);
    Stored stored = stored(key);
    handle(new Event.Want(key, 12_345, stored.size, (BitSet) stored.whole.clone()));
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    List<Runnable> late = List.copyOf(missed);
    missed.clear();
    late.forEach(Runnable::run);
    handle(new Event.Tick());
  }

  /** It is gone, with all its connections. */
  void die() {
    alive = false;
    epoch++;
    breakAll();
  }

  /** It forgets everything but its complete blobs and verified chunks, and wants again. */
  void restart() {
    if (!alive) {
      return;
    }
    paused = false;
    epoch++;
    breakAll();
    missed.clear();
    offered.clear();
    for (Stored stored : store.values()) {
      for (int i = 0; i < stored.bytes.length; i++) {
        stored.bytes[i] = stored.whole.get(i) ? stored.bytes[i] : 0;
      }
      stored.stream = 0;
      stored.streamed = false;
    }
    List<BlobKey> again = List.copyOf(wanted);
    wanted.clear();
    boot(Objects.requireNonNull(membership));
    again.forEach(this::want);
  }

  private void breakAll() {
    for (Cluster.Transport transport : List.copyOf(cluster.transports)) {
      if (!transport.over && (transport.to == this || transport.from == this)) {
        transport.over = true;
        TestNode other = transport.to == this ? transport.from : transport.to;
        if (other != this) {
          Event event =
              other == transport.to
                  ? new Event.FetchFailed(transport.id, Event.FetchFailure.UNREACHABLE)
                  : new Event.ServeEnded(transport.token);
          cluster.send(other, () -> other.handle(event));
        }
      }
    }
  }

  void membership(Membership changed) {
    membership = changed;
    handle(new Event.MembershipChanged(changed));
  }

  void whenAwake(Runnable task) {
    if (paused) {
      missed.add(task);
    } else if (alive) {
      task.run();
    }
  }

  void handle(Event event) {
    Planner running = planner;
    if (!alive || running == null) {
      return;
    }
    List<Action> actions = running.on(cluster.now, event);
    cluster.journal.add(cluster.now + " " + name + " " + event + " -> " + actions);
    actions.forEach(this::act);
    if (!(event instanceof Event.Progress)) {
      cluster.checkSoon();
    }
  }

  private void act(Action action) {
    switch (action) {
      case Action.Ask ask -> ask(ask);
      case Action.Reply reply -> reply(reply);
      case Action.FetchFrom fetch -> fetch(fetch);
      case Action.FetchUpstream fetch -> fetchUpstream(fetch);
      case Action.EndUpstream end -> running(end.id()).forEach(t -> t.endAt(end.end()));
      case Action.Cancel cancel -> running(cancel.id()).forEach(this::stop);
      case Action.Serve serve -> serve(serve.token());
      case Action.Refuse refuse -> refuse(refuse);
      case Action.CutServe cut -> cut(cut.token());
      case Action.SetSize set -> stored(set.key()).size(set.size());
      case Action.Verify verify -> later(cluster.verifyNanos, () -> receiving.verify(verify.key()));
      case Action.Distrust distrust -> receiving.distrust(distrust.key());
      case Action.Blame blame -> blames.add(blame);
      case Action.Avoid _ -> {}
      case Action.Finished finished -> {
        wanted.remove(finished.key());
        stored(finished.key()).complete = true;
        doneAt.put(finished.key(), cluster.now);
      }
      case Action.GaveUp gave -> {
        wanted.remove(gave.key());
        gaveUp.add(gave.key());
      }
      case Action.ListInventory _ -> cluster.after(1, this::inventory);
      case Action.NameKeys(var content) -> cluster.after(1, () -> name(content));
      case Action.WakeAt wake -> wake(wake.nanos());
    }
  }

  private void wake(long nanos) {
    wakeAt = nanos;
    int booted = epoch;
    cluster.after(
        Math.max(0, nanos - cluster.now),
        () -> {
          if (booted == epoch && wakeAt == nanos && !paused) {
            handle(new Event.Tick());
          }
        });
  }

  private void inventory() {
    List<Event.Content> held = new ArrayList<>();
    store.forEach(
        (key, stored) -> {
          if (stored.complete) {
            held.add(new Event.Content(key.digest(), stored.size));
          }
        });
    handle(new Event.Inventory(held));
  }

  private void name(List<Event.Content> held) {
    Set<Digest> named = new LinkedHashSet<>();
    held.forEach(content -> named.add(content.digest()));
    store.forEach(
        (key, stored) -> {
          if (stored.complete && named.contains(key.digest())) {
            handle(new Event.Stored(key, stored.size));
          }
        });
  }

  /** Runs {@code task} in a while, if this node has not been restarted by then. */
  void later(long nanos, Runnable task) {
    int booted = epoch;
    cluster.after(
        nanos,
        () -> {
          if (epoch == booted) {
            whenAwake(task);
          }
        });
  }

  private void ask(Action.Ask ask) {
    TestNode to = cluster.node(ask.to().name());
    if (!to.alive) {
      cluster.send(this, () -> handle(new Event.Unanswered(ask.id())));
      return;
    }
    cluster.send(
        this,
        to,
        () -> {
          long token = ++to.lastToken;
          to.askers.put(token, this);
          to.askIds.put(token, ask.id());
          to.handle(new Event.Asked(token, name, ask.question(), to.local(ask.question())));
        });
  }

  private void reply(Action.Reply reply) {
    TestNode asker = askers.remove(reply.token());
    Long id = askIds.remove(reply.token());
    if (asker != null && id != null) {
      cluster.send(this, asker, () -> asker.handle(new Event.Answered(id, reply.answer())));
    }
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
    Stored stored = store.get(key);
    if (stored == null) {
      return Event.Local.NOTHING;
    }
    return stored.local(chunk);
  }

  /** The position up to which a chunk can be read here. */
  long reached(BlobKey key, int chunk) {
    Event.Local local = local(key, chunk);
    return local.bytes() + (chunk == Question.WHOLE ? 0 : (long) chunk * ChunkGrid.CHUNK_BYTES);
  }

  private void fetch(Action.FetchFrom fetch) {
    TestNode from = cluster.node(fetch.from().name());
    if (!from.alive) {
      fail(fetch.id(), Event.FetchFailure.UNREACHABLE);
      return;
    }
    long token = ++from.lastToken;
    Stored mine = stored(fetch.key());
    Cluster.Transport transport =
        new Cluster.Transport(this, from, fetch.id(), token, fetch.key(), fetch.chunk(), mine.size);
    long start = fetch.chunk() == Question.WHOLE ? 0 : (long) fetch.chunk() * ChunkGrid.CHUNK_BYTES;
    // As a runtime does: from where it got to, of which its planner may not have heard yet.
    long offset = Math.max(fetch.offset(), local(fetch.key(), fetch.chunk()).bytes());
    transport.position = start + offset;
    transport.end =
        fetch.chunk() == Question.WHOLE
            ? cluster.upstream.sizeOf(fetch.key())
            : new ChunkGrid(mine.size).end(fetch.chunk());
    cluster.transports.add(transport);
    cluster.send(
        this,
        from,
        () -> {
          if (!transport.over) {
            from.offered.put(token, transport);
            from.handle(
                new Event.FetchAsked(
                    token,
                    name,
                    fetch.key(),
                    fetch.chunk(),
                    offset,
                    fetch.leased(),
                    from.local(fetch.key(), fetch.chunk())));
          }
        });
  }

  private void serve(long token) {
    Cluster.Transport transport = offered.remove(token);
    if (transport == null || transport.over) {
      cluster.after(1, () -> handle(new Event.ServeEnded(token)));
      return;
    }
    transport.started = true;
    TestNode to = transport.to;
    long size = stored(transport.key).size;
    cluster.send(this, to, () -> to.handle(new Event.FetchAccepted(transport.id, size)));
  }

  private void refuse(Action.Refuse refuse) {
    Cluster.Transport transport = offered.remove(refuse.token());
    if (transport != null && !transport.over) {
      transport.over = true;
      transport.to.fail(transport.id, refuse.reason());
    }
  }

  private void cut(long token) {
    cluster.transports.stream()
        .filter(t -> !t.over && t.from == this && t.token == token && !t.fromUpstream())
        .forEach(
            t -> {
              t.over = true;
              t.to.fail(t.id, Event.FetchFailure.UNREACHABLE);
            });
  }

  private void fail(long id, Event.FetchFailure reason) {
    cluster.send(this, () -> handle(new Event.FetchFailed(id, reason)));
  }

  private void fetchUpstream(Action.FetchUpstream fetch) {
    cluster.upstream.requests++;
    long size = cluster.upstream.sizeOf(fetch.key());
    int chunk =
        cluster.upstream.tellsSize ? (int) (fetch.start() / ChunkGrid.CHUNK_BYTES) : Question.WHOLE;
    // As a runtime does: for a chunk that it is to vouch for, a peer's bytes are no beginning.
    stored(fetch.key()).dropForeign(chunk);
    Cluster.Transport transport =
        new Cluster.Transport(this, this, fetch.id(), 0, fetch.key(), chunk, size);
    transport.position =
        cluster.upstream.ranges ? Math.max(fetch.start(), stored(fetch.key()).resume(chunk)) : 0;
    transport.end = fetch.end() == Question.UNKNOWN_SIZE ? size : fetch.end();
    cluster.transports.add(transport);
    int booted = epoch;
    cluster.after(
        cluster.upstream.headerNanos,
        () -> {
          if (booted != epoch || transport.over) {
            return;
          }
          if (denied) {
            transport.over = true;
            whenAwake(() -> handle(new Event.FetchFailed(fetch.id(), Event.FetchFailure.DENIED)));
            return;
          }
          whenAwake(
              () -> {
                handle(
                    new Event.UpstreamAnswered(
                        fetch.id(),
                        cluster.upstream.tellsSize ? size : Question.UNKNOWN_SIZE,
                        cluster.upstream.ranges));
                transport.started = true;
              });
        });
  }

  private List<Cluster.Transport> running(long id) {
    return cluster.transports.stream().filter(t -> !t.over && t.to == this && t.id == id).toList();
  }

  private void stop(Cluster.Transport transport) {
    transport.over = true;
    if (!transport.fromUpstream() && transport.started) {
      TestNode from = transport.from;
      cluster.send(from, () -> from.handle(new Event.ServeEnded(transport.token)));
    }
  }
}
