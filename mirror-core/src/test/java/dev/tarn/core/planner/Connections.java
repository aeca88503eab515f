package dev.tarn.core.planner;

import dev.tarn.core.range.ChunkGrid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link TestNode} fetches from others and upstream, and what it serves others. The test's
 * thread.
 */
final class Connections {
  private final TestNode node;

  /** What others want of this node and its planner has not decided about, by token. */
  private final Map<Long, Cluster.Transport> offered = new LinkedHashMap<>();

  Connections(TestNode node) {
    this.node = node;
  }

  void fetch(Action.FetchFrom fetch) {
    TestNode from = node.cluster.node(fetch.from().name());
    if (!from.alive) {
      fail(fetch.id(), Event.FetchFailure.UNREACHABLE);
      return;
    }
    long token = from.newToken();
    Stored mine = node.stored(fetch.key());
    Cluster.Transport transport =
        new Cluster.Transport(node, from, fetch.id(), token, fetch.key(), fetch.chunk(), mine.size);
    long start = fetch.chunk() == Question.WHOLE ? 0 : (long) fetch.chunk() * ChunkGrid.CHUNK_BYTES;
    // As a runtime does: from where it got to, of which its planner may not have heard yet.
    long offset = Math.max(fetch.offset(), node.local(fetch.key(), fetch.chunk()).bytes());
    transport.position = start + offset;
    transport.end =
        fetch.chunk() == Question.WHOLE
            ? node.cluster.upstream.sizeOf(fetch.key())
            : new ChunkGrid(mine.size).end(fetch.chunk());
    node.cluster.transports.add(transport);
    node.cluster.send(
        node,
        from,
        () -> {
          if (!transport.over) {
            from.connections.offered.put(token, transport);
            from.handle(
                new Event.FetchAsked(
                    token,
                    node.name,
                    fetch.key(),
                    fetch.chunk(),
                    offset,
                    fetch.leased(),
                    from.local(fetch.key(), fetch.chunk())));
          }
        });
  }

  void serve(long token) {
    Cluster.Transport transport = offered.remove(token);
    if (transport == null || transport.over) {
      node.cluster.after(1, () -> node.handle(new Event.ServeEnded(token)));
      return;
    }
    transport.started = true;
    TestNode to = transport.to;
    long size = node.stored(transport.key).size;
    node.cluster.send(node, to, () -> to.handle(new Event.FetchAccepted(transport.id, size)));
  }

  void refuse(Action.Refuse refuse) {
    Cluster.Transport transport = offered.remove(refuse.token());
    if (transport != null && !transport.over) {
      transport.over = true;
      transport.to.connections.fail(transport.id, refuse.reason());
    }
  }

  void cut(long token) {
    node.cluster.transports.stream()
        .filter(t -> !t.over && t.from == node && t.token == token && !t.fromUpstream())
        .forEach(
            t -> {
              t.over = true;
              t.to.connections.fail(t.id, Event.FetchFailure.UNREACHABLE);
            });
  }

  private void fail(long id, Event.FetchFailure reason) {
    node.cluster.send(node, () -> node.handle(new Event.FetchFailed(id, reason)));
  }

  void fetchUpstream(Action.FetchUpstream fetch) {
    node.cluster.upstream.requests++;
    long size = node.cluster.upstream.sizeOf(fetch.key());
    int chunk =
        node.cluster.upstream.tellsSize
            ? (int) (fetch.start() / ChunkGrid.CHUNK_BYTES)
            : Question.WHOLE;
    // As a runtime does: for a chunk that it is to vouch for, a peer's bytes are no beginning.
    node.stored(fetch.key()).dropForeign(chunk);
    Cluster.Transport transport =
        new Cluster.Transport(node, node, fetch.id(), 0, fetch.key(), chunk, size);
    transport.position =
        node.cluster.upstream.ranges
            ? Math.max(fetch.start(), node.stored(fetch.key()).resume(chunk))
            : 0;
    transport.end = fetch.end() == Question.UNKNOWN_SIZE ? size : fetch.end();
    node.cluster.transports.add(transport);
    int booted = node.epoch;
    node.cluster.after(
        node.cluster.upstream.headerNanos,
        () -> {
          if (booted != node.epoch || transport.over) {
            return;
          }
          if (node.denied) {
            transport.over = true;
            node.whenAwake(
                () -> node.handle(new Event.FetchFailed(fetch.id(), Event.FetchFailure.DENIED)));
            return;
          }
          node.whenAwake(
              () -> {
                node.handle(
                    new Event.UpstreamAnswered(
                        fetch.id(),
                        node.cluster.upstream.tellsSize ? size : Question.UNKNOWN_SIZE,
                        node.cluster.upstream.ranges));
                transport.started = true;
              });
        });
  }

  void end(Action.EndUpstream end) {
    running(end.id()).forEach(transport -> transport.endAt(end.end()));
  }

  void cancel(long id) {
    running(id).forEach(this::stop);
  }

  private List<Cluster.Transport> running(long id) {
    return node.cluster.transports.stream()
        .filter(t -> !t.over && t.to == node && t.id == id)
        .toList();
  }

  private void stop(Cluster.Transport transport) {
    transport.over = true;
    if (!transport.fromUpstream() && transport.started) {
      TestNode from = transport.from;
      node.cluster.send(from, () -> from.handle(new Event.ServeEnded(transport.token)));
    }
  }

  /** All that goes to this node or comes from it breaks off. */
  void breakAll() {
    for (Cluster.Transport transport : List.copyOf(node.cluster.transports)) {
      if (!transport.over && (transport.to == node || transport.from == node)) {
        transport.over = true;
        TestNode other = transport.to == node ? transport.from : transport.to;
        if (other != node) {
          Event event =
              other == transport.to
                  ? new Event.FetchFailed(transport.id, Event.FetchFailure.UNREACHABLE)
                  : new Event.ServeEnded(transport.token);
          node.cluster.send(other, () -> other.handle(event));
        }
      }
    }
  }

  void forgetOffers() {
    offered.clear();
  }
}
