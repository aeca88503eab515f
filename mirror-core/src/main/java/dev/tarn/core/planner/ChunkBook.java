package dev.tarn.core.planner;

import dev.tarn.core.range.ChunkGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a home knows of one chunk: who has it or receives it, in the order in which they came, and
 * who is to fetch it upstream. The planner's thread.
 */
final class ChunkBook {
  /** One who has, or gets, the chunk. */
  static final class Receiver {
    private final String name;
    private final long sequence;
    private boolean held;
    private long bytes;
    private long askedAt = Long.MIN_VALUE;
    private int asked;

    Receiver(String name, long sequence) {
      this.name = name;
      this.sequence = sequence;
    }

    String name() {
      return name;
    }

    boolean held() {
      return held;
    }

    long bytes() {
      return bytes;
    }

    void asked(long now, long has) {
      askedAt = now;
      asked++;
      bytes = has;
    }

    /** How often it asked. */
    int asked() {
      return asked;
    }

    boolean waits(long now) {
      return !held && askedAt != Long.MIN_VALUE && now - askedAt < Limits.WAITER_NANOS;
    }
  }

  private final List<Receiver> receivers = new ArrayList<>();
  private long lastSequence;
  private String lessee = "";
  private long leasedAt;
  private long leaseProgressAt;
  private int passes;
  private long leaseBytes = -1;
  private long leaseFrom;
  private boolean leaseTold;

  /**
   * The receiver of that name; registered as the last one where it was unknown. Whoever holds the
   * chunk is not forgotten for one who does not.
   */
  Receiver register(String name, RandomGenerator random) {
    Receiver known = find(name);
    if (known != null) {
      return known;
    }
    Receiver added = new Receiver(name, ++lastSequence);
    int place = receivers.size() < Limits.RECEIVERS ? receivers.size() : without(random);
    put(place, added);
    return added;
  }

  private void put(int place, Receiver receiver) {
    if (place == receivers.size()) {
      receivers.add(receiver);
    } else if (place >= 0) {
      receivers.set(place, receiver);
    }
  }

  /** Where one stands who does not hold it, from a random place on; below zero for nowhere. */
  private int without(RandomGenerator random) {
    int from = random.nextInt(receivers.size());
    for (int i = 0; i < receivers.size(); i++) {
      int place = (from + i) % receivers.size();
      if (!receivers.get(place).held) {
        return place;
      }
    }
    return -1;
  }

  @Nullable Receiver find(String name) {
    for (Receiver receiver : receivers) {
      if (receiver.name.equals(name)) {
        return receiver;
      }
    }
    return null;
  }

  void hold(String name, RandomGenerator random) {
    Receiver holder = register(name, random);
    holder.held = true;
    if (find(name) == null) {
      put(random.nextInt(receivers.size()), holder);
    }
  }

  void forget(String name) {
    receivers.removeIf(receiver -> receiver.name.equals(name));
  }

  List<Receiver> receivers() {
    return receivers;
  }

  /** No cycle can come of it: {@code source} has all of the chunk, or was there earlier. */
  static boolean mayGive(Receiver source, Receiver asker) {
    return source.held || source.sequence < asker.sequence;
  }

  String lessee() {
    return lessee;
  }

  long leaseBytes() {
    return Math.max(0, leaseBytes);
  }

  void lease(String name, long now, long bytes) {
    lessee = name;
    leasedAt = now;
    leaseProgressAt = now;
    leaseBytes = bytes;
    leaseFrom = bytes;
    leaseTold = false;
  }

  /** Its lessee is that far; its first word says where it begins, which may be anew. */
  void progress(long now, long bytes) {
    if (!leaseTold) {
      leaseTold = true;
      leaseFrom = Math.min(leaseFrom, bytes);
      leaseBytes = leaseFrom;
    }
    if (bytes > leaseBytes) {
      leaseBytes = bytes;
      leaseProgressAt = now;
    }
  }

  boolean lapsed(long now) {
    return !lessee.isEmpty() && now - leaseProgressAt > Limits.LEASE_NANOS;
  }

  /** There is a lease, and its lessee has told of bytes of late. */
  boolean leaseGoesOn(long now) {
    return !lessee.isEmpty() && now - leaseProgressAt <= Limits.LEASE_PROGRESS_NANOS;
  }

  /** How long the lease under way has taken so far. */
  long leaseAge(long now) {
    return lessee.isEmpty() ? 0 : now - leasedAt;
  }

  /**
   * How much longer the lease will take if it goes on as it did up to its last report; nothing as
   * long as none can have come.
   */
  long leaseRemains(long now) {
    long came = leaseBytes - leaseFrom;
    if (came <= 0) {
      return leaseGoesOn(now) ? 0 : Long.MAX_VALUE;
    }
    double missing = (double) Math.max(0, ChunkGrid.CHUNK_BYTES - leaseBytes) / came;
    return (long) (missing * (leaseProgressAt - leasedAt)) - (now - leaseProgressAt);
  }

  /** By what its lessee told, it will be done in less than that; never before it told anything. */
  boolean leaseEndsWithin(long nanos, long now) {
    return leaseBytes > leaseFrom && leaseRemains(now) < nanos;
  }

  /** Counts a lease passed on; false where that happened often enough. */
  boolean pass(int most) {
    return passes++ < most;
  }

  void unlease() {
    lessee = "";
    leaseBytes = -1;
  }
}
