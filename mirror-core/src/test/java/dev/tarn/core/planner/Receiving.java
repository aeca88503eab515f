package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.range.ChunkGrid;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/** What becomes of bytes that arrive at a {@link TestNode}. The test's thread. */
final class Receiving {
  private final TestNode node;

  Receiving(TestNode node) {
    this.node = node;
  }

  /** Up to {@code most} bytes of a transport arrive. */
  void arrived(Cluster.Transport transport, long most) {
    Stored stored = node.stored(transport.key);
    long until = Math.min(transport.available(), transport.position + most);
    while (!transport.over && transport.position < until) {
      long next = until;
      if (transport.chunk != Question.WHOLE) {
        int chunk = (int) (transport.position / ChunkGrid.CHUNK_BYTES);
        next = Math.min(until, new ChunkGrid(stored.size).end(chunk));
      }
      if (transport.fromUpstream()) {
        node.cluster.upstream.sentBytes += next - transport.position;
      } else if (!zone(node).equals(zone(transport.from))) {
        node.cluster.crossedZones += next - transport.position;
      }
      transport.position = next;
      put(transport, stored);
    }
  }

  /** All bytes of a chunk were here before, and its source says now what they should be. */
  void nothingMissing(Cluster.Transport transport) {
    if (transport.chunk != Question.WHOLE) {
      taint(transport, node.stored(transport.key), transport.chunk);
    }
    finish(transport, transport.chunk);
  }

  private String zone(TestNode other) {
    return Objects.requireNonNull(node.membership).find(other.name).orElseThrow().zone();
  }

  private void put(Cluster.Transport transport, Stored stored) {
    long position = transport.position;
    if (transport.chunk == Question.WHOLE) {
      stored.stream = Math.max(stored.stream, position);
      node.handle(new Event.Progress(transport.id, position));
      if (position == transport.end && !transport.over) {
        finish(transport, Question.WHOLE);
      }
      return;
    }
    int chunk = (int) ((position - 1) / ChunkGrid.CHUNK_BYTES);
    ChunkGrid grid = new ChunkGrid(stored.size);
    stored.bytes[chunk] = Math.max(stored.bytes[chunk], position - grid.start(chunk));
    if (!transport.fromUpstream()) {
      stored.foreign.set(chunk);
    }
    boolean whole = position == grid.end(chunk);
    boolean late = whole && node.cluster.settleNanos > 0;
    if (!late && (whole || node.cluster.now - transport.toldAt >= node.cluster.progressNanos)) {
      transport.toldAt = node.cluster.now;
      node.handle(new Event.Progress(transport.id, position));
    }
    if (whole && !transport.over) {
      taint(transport, stored, chunk);
      finish(transport, chunk);
    }
  }

  private void taint(Cluster.Transport transport, Stored stored, int chunk) {
    boolean bad =
        transport.fromUpstream()
            ? node.liar && !stored.comparing
            : transport.from.stored(transport.key).tainted.get(chunk);
    stored.tainted.set(chunk, bad);
    if (stored.comparing && stored.oldTainted.get(chunk)) {
      node.handle(new Event.ChunkDiffers(transport.key, chunk));
    }
  }

  private void finish(Cluster.Transport transport, int chunk) {
    String fetchedBy =
        transport.fromUpstream() ? node.name : node.cluster.fetcher(transport.key, chunk);
    node.cluster.fetched(transport, chunk);
    if (transport.position == transport.end) {
      transport.over = true;
      if (!transport.fromUpstream()) {
        TestNode from = transport.from;
        node.cluster.send(from, () -> from.handle(new Event.ServeEnded(transport.token)));
      }
    }
    if (node.cluster.settleNanos == 0) {
      settled(transport, chunk, fetchedBy);
    } else {
      long position = transport.position;
      node.later(
          node.cluster.settleNanos,
          () -> {
            node.handle(new Event.Progress(transport.id, position));
            settled(transport, chunk, fetchedBy);
          });
    }
  }

  private void settled(Cluster.Transport transport, int chunk, String fetchedBy) {
    if (chunk == Question.WHOLE) {
      node.stored(transport.key).streamed = true;
    } else {
      node.stored(transport.key).whole.set(chunk);
    }
    node.handle(new Event.ChunkDone(transport.id, chunk, fetchedBy));
  }

  void verify(BlobKey key) {
    Stored stored = node.stored(key);
    boolean right = stored.tainted.isEmpty();
    if (right && stored.size == Question.UNKNOWN_SIZE) {
      stored.size(stored.stream);
    }
    node.handle(right ? new Event.Verified(key, stored.size) : new Event.Mismatched(key));
  }

  void distrust(BlobKey key) {
    Stored stored = node.stored(key);
    stored.oldTainted = (BitSet) stored.tainted.clone();
    stored.tainted = new BitSet();
    stored.whole = new BitSet();
    Arrays.fill(stored.bytes, 0);
    stored.comparing = true;
  }
}
