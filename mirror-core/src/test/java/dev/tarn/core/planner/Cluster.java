package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Several planners on a network in memory, with time of its own: latency, loss, links that are
 * shared fairly, nodes that die, pause, restart and lie. One thread; the same seed gives the same
 * run. {@link Invariants} are checked after every event.
 */
final class Cluster {
  private static final RegistryHost REGISTRY = new RegistryHost("example.com");
  static final long MILLI = 1_000_000L;
  private static final long NODE_BYTES_PER_SECOND = 100L * 1024 * 1024;

  private record Due(long at, long sequence, Runnable task) {}

  final SplittableRandom random;
  final Map<String, TestNode> nodes = new LinkedHashMap<>();
  final List<Transport> transports = new ArrayList<>();

  /** Those whom the others can't reach, nor they the others. */
  final Set<String> island = new LinkedHashSet<>();

  final Journal journal = new Journal();
  final Invariants invariants = new Invariants(this);
  final Upstream upstream = new Upstream();
  long now = 1_000 * MILLI;
  double loss;

  /** How finely time is cut for bytes. */
  long tickNanos = 5 * MILLI;

  /** The least that a message's way takes; four times that is the most. */
  long messageNanos = MILLI / 2;

  /** How long it takes until a planner hears of a chunk whose bytes are here. */
  long settleNanos;

  long verifyNanos = 1;

  /** How often a planner hears of bytes; zero for at once. */
  long progressNanos;

  long crossedZones;
  private final PriorityQueue<Due> schedule =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.sequence, b.sequence));
  private final Map<String, String> fetchers = new LinkedHashMap<>();
  private long sequence;
  private boolean ticking;

  /** The registry: what it has, and how much of it it sent. */
  static final class Upstream {
    final Map<BlobKey, Long> sizes = new LinkedHashMap<>();
    boolean ranges = true;
    boolean tellsSize = true;
    long headerNanos = 20 * MILLI;

    /** Its link's, shared by all who fetch. */
    long bytesPerSecond = Long.MAX_VALUE;

    long sentBytes;
    int requests;

    long sizeOf(BlobKey key) {
      return Objects.requireNonNull(sizes.get(key));
    }

    double copies(BlobKey key) {
      return (double) sentBytes / sizeOf(key);
    }
  }

  /** Bytes on their way. */
  static final class Transport {
    final TestNode to;
    final TestNode from;
    final long id;
    final long token;
    final BlobKey key;
    final int chunk;
    final long size;
    long position;
    long end;
    boolean started;
    boolean over;
    long toldAt;

    Transport(TestNode to, TestNode from, long id, long token, BlobKey key, int chunk, long size) {
      this.to = to;
      this.from = from;
      this.id = id;
      this.token = token;
      this.key = key;
      this.chunk = chunk;
      this.size = size;
    }

    /** Up to where the bytes can be read now. */
    long available() {
      return fromUpstream() ? end : Math.min(end, from.reached(key, chunk));
    }

    void endAt(long earlier) {
      end = Math.min(end, earlier);
      over = position >= end;
    }

    boolean fromUpstream() {
      return from == to;
    }
  }

  Cluster(long seed, int count) {
    random = new SplittableRandom(seed);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(new Member(name(i), "", "", true));
    }
    start(members);
  }

  Cluster(long seed, List<Member> members) {
    random = new SplittableRandom(seed);
    start(members);
  }

  private void start(List<Member> members) {
    Membership membership = Membership.of(1, members);
    for (Member member : members) {
      TestNode node = new TestNode(this, member.name(), NODE_BYTES_PER_SECOND);
      nodes.put(member.name(), node);
      node.boot(membership);
    }
  }

  static String name(int number) {
    return "node-%02d".formatted(number);
  }

  TestNode node(int number) {
    return node(name(number));
  }

  TestNode node(String name) {
    TestNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException(name);
    }
    return node;
  }

  /** The key of a blob that {@code text} stands for. */
  static BlobKey key(String text) {
    return new BlobKey(REGISTRY, Digest.sha256(text));
  }

  BlobKey blob(String text, long size) {
    BlobKey key = key(text);
    upstream.sizes.put(key, size);
    return key;
  }

  void after(long nanos, Runnable task) {
    schedule.add(new Due(now + nanos, sequence++, task));
  }

  /** Whether the network is cut between the two. */
  private boolean apart(TestNode one, TestNode other) {
    return island.contains(one.name) != island.contains(other.name);
  }

  void send(TestNode from, TestNode to, Runnable task) {
    if (!apart(from, to)) {
      send(to, task);
    }
  }

  /** A message's way, if it arrives. */
  void send(TestNode to, Runnable task) {
    if (random.nextDouble() < loss) {
      return;
    }
    int epoch = to.epoch;
    after(
        messageNanos + random.nextLong(3 * messageNanos),
        () -> {
          if (to.epoch == epoch) {
            to.whenAwake(task);
          }
        });
  }

  void run(long untilNanos) {
    if (!ticking) {
      ticking = true;
      after(tickNanos, this::tick);
    }
    while (!schedule.isEmpty() && schedule.peek().at <= untilNanos) {
      Due due = schedule.remove();
      now = due.at;
      due.task.run();
    }
    now = Math.max(now, untilNanos);
  }

  /** Runs until every node that is alive is done with what it wants; false where time is up. */
  boolean runUntilDone(long withinNanos) {
    long limit = now + withinNanos;
    while (now < limit) {
      run(now + 10 * MILLI);
      if (nodes.values().stream().allMatch(TestNode::idle)) {
        return true;
      }
    }
    return false;
  }

  private void tick() {
    transports.removeIf(transport -> transport.over);
    List.copyOf(transports).stream()
        .filter(t -> t.started && !t.over && t.position == t.end)
        .filter(t -> !t.to.paused() && t.from.stored(t.key).has(t.chunk))
        .forEach(t -> t.to.receiving.nothingMissing(t));
    Map<TestNode, Integer> up = new LinkedHashMap<>();
    Map<TestNode, Integer> down = new LinkedHashMap<>();
    int readers = 0;
    List<Transport> moving =
        transports.stream().filter(t -> t.started && t.available() > t.position).toList();
    for (Transport transport : moving) {
      down.merge(transport.to, 1, Integer::sum);
      if (transport.fromUpstream()) {
        readers++;
      } else {
        up.merge(transport.from, 1, Integer::sum);
      }
    }
    for (Transport transport : moving) {
      if (transport.over
          || transport.to.paused()
          || transport.from.paused()
          || apart(transport.to, transport.from)) {
        continue;
      }
      long rate = transport.to.bytesPerSecond / down.getOrDefault(transport.to, 1);
      rate =
          Math.min(
              rate,
              transport.fromUpstream()
                  ? upstream.bytesPerSecond / readers
                  : transport.from.bytesPerSecond / up.getOrDefault(transport.from, 1));
      transport.to.receiving.arrived(transport, rate * (tickNanos / 1_000) / 1_000_000);
    }
    invariants.check();
    after(tickNanos, this::tick);
  }

  /** Remembers who fetched a chunk upstream first, as its hash would tell. */
  void fetched(Transport transport, int chunk) {
    if (transport.fromUpstream()) {
      fetchers.putIfAbsent(transport.key + " " + chunk, transport.to.name);
    }
  }

  String fetcher(BlobKey key, int chunk) {
    return fetchers.getOrDefault(key + " " + chunk, "");
  }

  void checkSoon() {
    invariants.check();
  }

  static BitSet none() {
    return new BitSet();
  }

  static int chunks(long size) {
    return new ChunkGrid(size).count();
  }
}
