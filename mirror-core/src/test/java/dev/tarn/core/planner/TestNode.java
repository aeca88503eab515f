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
  final Connections connections = new Connections(this);
  final Conversation conversation = new Conversation(this);
  private boolean paused;
  private long wakeAt = Long.MAX_VALUE;
  private long lastToken;

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

  /** By what a question, or a fetch, is known here that comes from another node. */
  long newToken() {
    return ++lastToken;
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
    connections.breakAll();
  }

  /** It forgets everything but its complete blobs and verified chunks, and wants again. */
  void restart() {
    if (!alive) {
      return;
    }
    paused = false;
    epoch++;
    connections.breakAll();
    missed.clear();
    connections.forgetOffers();
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
      case Action.Ask ask -> conversation.ask(ask);
      case Action.Reply reply -> conversation.reply(reply);
      case Action.FetchFrom fetch -> connections.fetch(fetch);
      case Action.FetchUpstream fetch -> connections.fetchUpstream(fetch);
      case Action.EndUpstream end -> connections.end(end);
      case Action.Cancel cancel -> connections.cancel(cancel.id());
      case Action.Serve serve -> connections.serve(serve.token());
      case Action.Refuse refuse -> connections.refuse(refuse);
      case Action.CutServe cut -> connections.cut(cut.token());
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

  /** What is here of a chunk, or of the whole blob. */
  Event.Local local(BlobKey key, int chunk) {
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
}
