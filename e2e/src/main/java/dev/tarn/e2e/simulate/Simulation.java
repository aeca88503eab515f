package dev.tarn.e2e.simulate;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.placement.Member;
import dev.tarn.core.placement.Membership;
import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One run of a scenario from a seed: messages in order of time, bytes in fixed steps of it. One
 * thread, which is whichever calls {@link #run}.
 */
final class Simulation {
  private static final RegistryHost REGISTRY = new RegistryHost("example.com");

  /** What a message takes of the links, headers and TLS included. */
  static final int MESSAGE_BYTES = 500;

  /** What a message takes of the one thread that runs its receiver's planner. */
  static final long MESSAGE_NANOS = 50_000;

  static final long UPSTREAM_HEADER_NANOS = 30_000_000;
  static final long VERIFY_NANOS = 5_000_000;

  /** How often a runtime tells its planner of bytes. */
  static final long PROGRESS_NANOS = 100_000_000;

  private static final long NEAR_NANOS = 250_000;
  private static final long FAR_NANOS = 1_000_000;

  /** When the kernel of a live node gives up a connection to one without power. */
  private static final long BROKEN_NANOS = 10_000_000_000L;

  private static final long START_NANOS = 1_000_000_000L;
  private static final double SLOWER = 0.1;

  private final Scenario scenario;
  private final long seed;
  private final SplittableRandom random;
  private final Agenda agenda = new Agenda();
  private final Links links;
  private final Map<BlobKey, Content> contents = new HashMap<>();
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<SimNode> pulling = new ArrayList<>();
  private final boolean[] slow;
  private final List<Transfer> transfers = new ArrayList<>();
  private final List<Transfer> moving = new ArrayList<>();
  private long upstreamBytes;
  private long crossZoneBytes;
  private long messages;
  private long events;

  Simulation(Scenario scenario, long seed) {
    this.scenario = scenario;
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.links = new Links(scenario.nodes(), scenario.upstreamRate());
    this.slow = new boolean[scenario.nodes()];
    agenda.runUntil(START_NANOS);
    furnish();
    schedule();
  }

  private void furnish() {
    List<Content> all = new ArrayList<>();
    for (long size : scenario.blobs()) {
      BlobKey key =
          new BlobKey(REGISTRY, Digest.sha256(scenario.name() + " " + seed + " " + all.size()));
      Content content = new Content(all.size(), key, size);
      all.add(content);
      contents.put(key, content);
    }
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < scenario.nodes(); i++) {
      String zone = scenario.zones() < 2 ? "" : "zone-" + i % scenario.zones();
      members.add(new Member(SimNode.name(i), zone, "", true));
    }
    Placement placement = new Placement(Membership.of(1, members));
    for (int i = 0; i < scenario.nodes(); i++) {
      nodes.add(new SimNode(this, i, i % scenario.zones(), placement, all, random.split()));
      slow[i] = random.nextDouble() < scenario.slow();
      links.node(i, slow[i] ? scenario.nodeRate() * SLOWER : scenario.nodeRate());
    }
  }

  private void schedule() {
    long spread = (long) (scenario.arrival().spreadSeconds() * 1e9);
    long wave = spread + (long) (scenario.floorSeconds() * 1e9);
    for (SimNode node : nodes) {
      boolean wants = random.nextDouble() < scenario.wanting();
      boolean dies = random.nextDouble() < scenario.dying();
      long starts = spread == 0 ? 0 : random.nextLong(spread);
      long death = random.nextLong(wave);
      boolean silently = random.nextBoolean();
      boolean last = node.number() == nodes.size() - 1;
      boolean nobodyYet = pulling.isEmpty();
      if (nobodyYet ? wants || last : wants && !scenario.arrival().alone()) {
        pulling.add(node);
        after(starts, () -> node.start(scenario.parallel()));
      }
      if (dies) {
        after(death, () -> node.die(silently));
      }
    }
  }

  /** Runs until everybody has what he wants, or it is clear that somebody never will. */
  Outcome run() {
    long wall = System.nanoTime();
    long step = scenario.stepNanos();
    long limit = START_NANOS + (long) (scenario.limitSeconds() * 1e9);
    while (now() < limit && !allDone()) {
      agenda.runUntil(now() + step);
      nodes.forEach(node -> node.wakeIfDue(now()));
      move(step / 1e9);
    }
    return new Outcome(
        scenario,
        seed,
        figures(),
        upstreamBytes,
        crossZoneBytes,
        messages,
        events,
        (now() - START_NANOS) / 1e9,
        (System.nanoTime() - wall) / 1e9);
  }

  private List<Outcome.Node> figures() {
    return nodes.stream()
        .map(
            node ->
                new Outcome.Node(
                    node.log(), pulling.contains(node), slow[node.number()], node.alive()))
        .toList();
  }

  private boolean allDone() {
    for (SimNode node : pulling) {
      if (node.alive() && !node.log().done()) {
        return false;
      }
    }
    return true;
  }

  private void move(double seconds) {
    transfers.removeIf(transfer -> transfer.over);
    moving.clear();
    for (Transfer transfer : transfers) {
      SimNode from = transfer.from;
      long ready = transfer.available() - transfer.position;
      if (ready > 0 && (from == null || from.alive())) {
        transfer.demand = ready;
        transfer.given = 0;
        moving.add(transfer);
      }
    }
    links.share(moving, seconds);
    for (Transfer transfer : moving) {
      long bytes = Math.min((long) transfer.demand, Math.round(transfer.given));
      if (bytes > 0 && !transfer.over) {
        count(transfer, bytes);
        transfer.to.arrived(transfer, transfer.position + bytes);
      }
    }
  }

  private void count(Transfer transfer, long bytes) {
    SimNode from = transfer.from;
    transfer.to.log().received += bytes;
    if (from == null) {
      upstreamBytes += bytes;
    } else if (from.zone() != transfer.to.zone()) {
      crossZoneBytes += bytes;
    }
  }

  long now() {
    return agenda.now();
  }

  SimNode node(String name) {
    return nodes.get(SimNode.numberOf(name));
  }

  Content content(BlobKey key) {
    Content content = contents.get(key);
    if (content == null) {
      throw new IllegalArgumentException("no such content: " + key);
    }
    return content;
  }

  void after(long nanos, Runnable task) {
    agenda.after(nanos, task);
  }

  /** A message's way, and its turn with the receiver. */
  void send(SimNode from, SimNode to, Runnable task) {
    messages++;
    links.message(from.number(), to.number(), MESSAGE_BYTES);
    long base = from.zone() == to.zone() ? NEAR_NANOS : FAR_NANOS;
    long arrival = now() + base + random.nextLong(base);
    agenda.at(to.handledAt(arrival, MESSAGE_NANOS), task);
  }

  void begin(Transfer transfer) {
    transfers.add(transfer);
  }

  void countEvent() {
    events++;
  }

  /** Breaks a dead node's connections, at once or when the others notice. */
  void died(SimNode dead, boolean silently) {
    for (Transfer transfer : List.copyOf(transfers)) {
      if (transfer.over) {
        continue;
      }
      if (transfer.to == dead) {
        transfer.over = true;
        SimNode from = transfer.from;
        if (from != null) {
          after(silently ? BROKEN_NANOS : NEAR_NANOS, () -> from.serveEnded(transfer.token));
        }
      } else if (transfer.from == dead && !silently) {
        dead.broken(transfer);
      }
    }
  }
}
