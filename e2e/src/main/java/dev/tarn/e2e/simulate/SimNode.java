package dev.tarn.e2e.simulate;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Placement;
import dev.tarn.core.planner.Action;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Planner;
import dev.tarn.core.planner.Question;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One node: the planner, and what a server's runtime would do for it, with counts for bytes. The
 * simulation's thread.
 */
final class SimNode {
  /** How long a server's reader waits for its first byte before it says so. */
  private static final long READER_WAITS_NANOS = 200_000_000;

  private record Asker(SimNode node, long id) {}

  private final Simulation simulation;
  private final int number;
  private final String name;
  private final int zone;
  private final Planner planner;
  private final Stock[] stocks;
  private final long[] wantedAt;
  private final Map<Long, Asker> askers = new HashMap<>();
  private final Map<Long, Transfer> offered = new HashMap<>();
  private final Map<Long, Transfer> receiving = new HashMap<>();
  private final NodeLog log = new NodeLog();
  private long lastToken;
  private long wakeAt = Long.MAX_VALUE;
  private long busyUntil;
  private int nextBlob;
  private int unfinished;
  private boolean alive = true;

  /** It vanished with its connections open, as a machine without power does. */
  private boolean silent;

  SimNode(
      Simulation simulation,
      int number,
      int zone,
      Placement placement,
      List<Content> contents,
      SplittableRandom random) {
    this.simulation = simulation;
    this.number = number;
    this.name = name(number);
    this.zone = zone;
    this.stocks = contents.stream().map(Stock::new).toArray(Stock[]::new);
    this.wantedAt = new long[stocks.length];
    this.planner = new Planner(name, placement, random, simulation.now());
  }

  static String name(int number) {
    return "node-%05d".formatted(number);
  }

  static int numberOf(String name) {
    return Integer.parseInt(name, 5, name.length(), 10);
  }

  int number() {
    return number;
  }

  int zone() {
    return zone;
  }

  NodeLog log() {
    return log;
  }

  boolean alive() {
    return alive;
  }

  Stock stock(Content content) {
    return stocks[content.number()];
  }

  /** Asks for all that is to be pulled, a few at a time. */
  void start(int parallel) {
    log.startedAt = simulation.now();
    unfinished = stocks.length;
    for (int i = 0; i < parallel; i++) {
      wantNext();
    }
  }

  private void wantNext() {
    if (alive && nextBlob < stocks.length) {
      Content content = stocks[nextBlob++].content();
      wantedAt[content.number()] = simulation.now();
      handle(new Event.Want(content.key(), content.size(), Question.UNKNOWN_SIZE, new BitSet()));
      simulation.after(READER_WAITS_NANOS, () -> read(stock(content)));
    }
  }

  /** What a client's reader says that takes the blob in order, as fast as it comes. */
  private void read(Stock stock) {
    long next = stock.read();
    if (alive && next < stock.content().size()) {
      handle(new Event.ReaderWaits(stock.content().key(), next));
      simulation.after(READER_WAITS_NANOS, () -> read(stock));
    }
  }

  /** Everything that it asked for is here, or given up. */
  boolean done() {
    return !alive || unfinished == 0;
  }

  void die(boolean silently) {
    alive = false;
    silent = silently;
    simulation.died(this, silently);
  }

  /** How long it takes until one more message is handled, behind those that wait already. */
  long handledAt(long arrival, long costNanos) {
    busyUntil = Math.max(busyUntil, arrival) + costNanos;
    return busyUntil;
  }

  void wakeIfDue(long now) {
    if (wakeAt <= now) {
      handle(new Event.Tick());
    }
  }

  void handle(Event event) {
    if (!alive) {
      return;
    }
    simulation.countEvent();
    for (Action action : planner.on(simulation.now(), event)) {
      act(action);
    }
  }

  private void act(Action action) {
    switch (action) {
      case Action.Ask ask -> ask(ask);
      case Action.Reply reply -> {
        Asker asker = askers.remove(reply.token());
        if (asker != null) {
          simulation.send(
              this,
              asker.node,
              () -> asker.node.handle(new Event.Answered(asker.id, reply.answer())));
        }
      }
      case Action.FetchFrom fetch -> fetch(fetch);
      case Action.FetchUpstream fetch -> fetchUpstream(fetch);
      case Action.EndUpstream end -> {
        Transfer transfer = receiving.get(end.id());
        if (transfer != null) {
          transfer.end = Math.min(transfer.end, end.end());
        }
      }
      case Action.Cancel cancel -> {
        Transfer transfer = receiving.remove(cancel.id());
        if (transfer != null) {
          ended(transfer);
        }
      }
      case Action.Serve serve -> serve(serve.token());
      case Action.Refuse refuse -> {
        Transfer transfer = offered.remove(refuse.token());
        if (transfer != null) {
          simulation.send(this, transfer.to, () -> transfer.to.fail(transfer, refuse.reason()));
        }
      }
      case Action.CutServe cut -> {
        Transfer transfer = offered.remove(cut.token());
        if (transfer != null) {
          broken(transfer);
        }
      }
      case Action.Verify verify ->
          simulation.after(
              Simulation.VERIFY_NANOS,
              () -> handle(new Event.Verified(verify.key(), content(verify.key()).size())));
      case Action.Finished finished -> finished(content(finished.key()));
      case Action.GaveUp _ -> {
        log.gaveUp++;
        over();
      }
      case Action.WakeAt wake -> wakeAt = wake.nanos();
      case Action.SetSize _,
          Action.Distrust _,
          Action.Blame _,
          Action.Avoid _,
          Action.ListInventory _,
          Action.NameKeys _ -> {}
    }
  }

  private Content content(BlobKey key) {
    return simulation.content(key);
  }

  private void finished(Content content) {
    stock(content).complete();
    over();
  }

  private void over() {
    unfinished--;
    if (unfinished == 0) {
      log.doneAt = simulation.now();
    }
    simulation.after(0, this::wantNext);
  }

  private void ask(Action.Ask ask) {
    SimNode to = simulation.node(ask.to().name());
    if (!to.alive) {
      if (!to.silent) {
        simulation.send(to, this, () -> handle(new Event.Unanswered(ask.id())));
      }
      return;
    }
    simulation.send(
        this,
        to,
        () -> {
          long token = ++to.lastToken;
          to.askers.put(token, new Asker(this, ask.id()));
          to.log.asked(ask.question());
          to.handle(new Event.Asked(token, name, ask.question(), to.local(ask.question())));
        });
  }

  private Event.Local local(Question question) {
    return switch (question) {
      case Question.Probe probe -> stock(content(probe.key())).local(probe.chunk());
      case Question.Revoke revoke -> stock(content(revoke.key())).local(Question.WHOLE);
      case Question.Consult consult -> stock(content(consult.key())).local(Question.WHOLE);
      case Question.Open _,
          Question.Locate _,
          Question.Report _,
          Question.Announce _,
          Question.Forwarded _ ->
          Event.Local.NOTHING;
    };
  }

  private void fetch(Action.FetchFrom fetch) {
    SimNode from = simulation.node(fetch.from().name());
    long token = ++from.lastToken;
    Content content = content(fetch.key());
    // What is here by now may be more than the planner has been told.
    long offset = stock(content).local(fetch.chunk()).bytes();
    Transfer transfer =
        Transfer.fromPeer(this, from, fetch.id(), token, content, fetch.chunk(), offset);
    receiving.put(fetch.id(), transfer);
    if (!from.alive) {
      if (!from.silent) {
        simulation.send(from, this, () -> fail(transfer, Event.FetchFailure.UNREACHABLE));
      }
      return;
    }
    simulation.send(
        this,
        from,
        () -> {
          if (!transfer.over) {
            from.offered.put(token, transfer);
            from.handle(
                new Event.FetchAsked(
                    token,
                    name,
                    fetch.key(),
                    fetch.chunk(),
                    offset,
                    fetch.leased(),
                    from.stock(content).local(fetch.chunk())));
          }
        });
  }

  private void serve(long token) {
    Transfer transfer = offered.get(token);
    if (transfer == null || transfer.over) {
      simulation.after(0, () -> serveEnded(token));
      return;
    }
    simulation.send(
        this,
        transfer.to,
        () -> {
          if (!transfer.over) {
            transfer.to.handle(new Event.FetchAccepted(transfer.id, transfer.content.size()));
            begin(transfer);
          }
        });
  }

  private void begin(Transfer transfer) {
    if (!transfer.over && !transfer.started) {
      transfer.started = true;
      transfer.toldAt = simulation.now();
      simulation.begin(transfer);
    }
  }

  void serveEnded(long token) {
    offered.remove(token);
    handle(new Event.ServeEnded(token));
  }

  private void fetchUpstream(Action.FetchUpstream fetch) {
    Content content = content(fetch.key());
    long end = fetch.end() == Question.UNKNOWN_SIZE ? content.size() : fetch.end();
    Transfer transfer = Transfer.fromUpstream(this, fetch.id(), content, fetch.start(), end);
    stock(content).restart(transfer.chunk(), fetch.start());
    receiving.put(fetch.id(), transfer);
    log.upstreamRequests++;
    simulation.after(
        Simulation.UPSTREAM_HEADER_NANOS,
        () -> {
          if (!transfer.over) {
            handle(new Event.UpstreamAnswered(fetch.id(), content.size(), true));
            begin(transfer);
          }
        });
  }

  void fail(Transfer transfer, Event.FetchFailure reason) {
    if (!transfer.over) {
      transfer.over = true;
      receiving.remove(transfer.id);
      handle(new Event.FetchFailed(transfer.id, reason));
    }
  }

  /** The connection of a transfer broke; both ends hear of it. */
  void broken(Transfer transfer) {
    SimNode from = transfer.from;
    if (from != null) {
      from.offered.remove(transfer.token);
      simulation.send(
          from, transfer.to, () -> transfer.to.fail(transfer, Event.FetchFailure.UNREACHABLE));
    }
  }

  /** Nothing more comes of a transfer; a peer that sends it hears so. */
  void ended(Transfer transfer) {
    transfer.over = true;
    SimNode from = transfer.from;
    if (from != null && from.offered.containsKey(transfer.token)) {
      simulation.send(this, from, () -> from.serveEnded(transfer.token));
    }
  }

  /** Bytes of a transfer arrived, up to a position of the blob. */
  void arrived(Transfer transfer, long until) {
    Content content = transfer.content;
    Stock stock = stock(content);
    while (!transfer.over && transfer.position < until) {
      int chunk = transfer.chunk();
      long next = Math.min(until, content.end(chunk));
      transfer.position = next;
      if (stock.put(chunk, next)) {
        chunkDone(transfer, stock, chunk);
      } else if (simulation.now() - transfer.toldAt >= Simulation.PROGRESS_NANOS) {
        transfer.toldAt = simulation.now();
        handle(new Event.Progress(transfer.id, next));
      }
    }
  }

  private void chunkDone(Transfer transfer, Stock stock, int chunk) {
    stock.hold(chunk);
    if (chunk == 0) {
      log.head(simulation.now() - wantedAt[transfer.content.number()]);
    }
    boolean last = transfer.position >= transfer.end;
    if (last) {
      receiving.remove(transfer.id);
      ended(transfer);
    } else {
      transfer.nextChunk();
    }
    String fetcher = transfer.from == null ? name : "";
    handle(new Event.ChunkDone(transfer.id, chunk, fetcher));
  }
}
