package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Placement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What a home knows of one blob; all of it soft state. The planner's thread. */
final class BlobBook {
  /** One segment's chunks, and what its askers wait for. */
  static final class Segment {
    final Map<Integer, ChunkBook> chunks = new TreeMap<>();

    /** What each holds of the segment, as it said last: bit {@code i} is the {@code i}th chunk. */
    final Map<String, Integer> held = new LinkedHashMap<>();

    final List<String> seeds = new ArrayList<>();
    final List<Runnable> parked = new ArrayList<>();
    boolean consulting;
    long consultedAt = Long.MIN_VALUE;

    /** Whoever was to fetch failed: others are asked before this home gives up. */
    boolean failed;

    ChunkBook chunk(int number) {
      return chunks.computeIfAbsent(number, n -> new ChunkBook());
    }
  }

  /** One who waits for the answer to {@link Question.Open}. */
  record Parked(long token, String from, Question.Open question) {}

  private final BlobKey key;
  final List<String> holders = new ArrayList<>();
  final Map<String, Party> parties = new LinkedHashMap<>();
  final Map<Integer, Segment> segments = new TreeMap<>();
  final List<Parked> parked = new ArrayList<>();
  long size = Question.UNKNOWN_SIZE;
  String lone = "";
  long lonePosition = -1;
  long loneProgressAt;
  boolean revoking;
  boolean stream;
  boolean consulting;
  boolean consulted;
  long crowdUntil = Long.MIN_VALUE;
  long touchedAt;
  private long meanLeaseNanos;
  private int leasesDone;

  BlobBook(BlobKey key) {
    this.key = key;
  }

  BlobKey key() {
    return key;
  }

  Party party(String name) {
    return parties.computeIfAbsent(name, Party::new);
  }

  Segment segment(int number) {
    return segments.computeIfAbsent(number, n -> new Segment());
  }

  void hold(String name, RandomGenerator random) {
    if (holders.contains(name)) {
      return;
    }
    if (holders.size() < Limits.HOLDERS) {
      holders.add(name);
    } else {
      holders.set(random.nextInt(holders.size()), name);
    }
  }

  void lone(String name, long now) {
    lone = name;
    loneProgressAt = now;
    lonePosition = -1;
  }

  boolean loneLapsed(long now) {
    return now - loneProgressAt > Limits.LEASE_NANOS;
  }

  /** Whether more than {@code limit} take part. */
  boolean moreActiveThan(int limit, long now) {
    int active = 0;
    for (Party party : parties.values()) {
      if (party.active(now) && ++active > limit) {
        return true;
      }
    }
    return false;
  }

  /** The lease on a chunk is done: what it took says what is slow. */
  void leaseDone(ChunkBook chunk, long now) {
    long took = chunk.leaseAge(now);
    leasesDone++;
    // Follows fast ones sooner: slow ones are what it is to tell apart.
    int weight = took < meanLeaseNanos ? 2 : 8;
    meanLeaseNanos += (took - meanLeaseNanos) / Math.min(leasesDone, weight);
    party(chunk.lessee()).leaseTook(took);
    unlease(chunk);
  }

  /** How long a lease more of that one's would take, if it goes on like its last. */
  long leaseWouldTake(Party party) {
    return (party.leases() + 1) * party.lastLeaseNanos(Math.max(1, meanLeaseNanos));
  }

  /**
   * How many chunks of a segment are fetched upstream at a time: as many as come soon. Where
   * upstream is the narrow place, what comes in many pieces at once comes late, and each node waits
   * for pieces of its own.
   */
  int leaseLimit() {
    if (leasesDone == 0) {
      return Limits.FIRST_LEASES;
    }
    long many = Placement.SEGMENT_CHUNKS * Limits.SOON_NANOS / Math.max(1, meanLeaseNanos);
    return Math.clamp(many, Limits.LEAST_LEASES, Placement.SEGMENT_CHUNKS);
  }

  /**
   * How many chunks of a segment are fetched upstream now, without those that get no further, take
   * longer than others did, or are well under way: the next one is to begin before the last has
   * ended. That all take long is no reason to add to them.
   */
  int leases(Segment segment, long now) {
    long wellUnderWay = meanLeaseNanos / Limits.UNDER_WAY_OF * Limits.UNDER_WAY_LEFT;
    int leases = 0;
    for (ChunkBook chunk : segment.chunks.values()) {
      boolean counts =
          chunk.leaseGoesOn(now) && !slow(chunk, now) && !chunk.leaseEndsWithin(wellUnderWay, now);
      leases += counts ? 1 : 0;
    }
    return leases;
  }

  private long slowLeaseNanos() {
    return Math.max(Limits.SLOW_LEASE_NANOS, Limits.SLOW_LEASE_FACTOR * meanLeaseNanos);
  }

  /** The lease on a chunk takes much longer than others did, and would go on to for much longer. */
  boolean slow(ChunkBook chunk, long now) {
    return leasesDone >= Limits.SLOW_LEASE_SAMPLES
        && chunk.leaseAge(now) > slowLeaseNanos()
        && chunk.leaseRemains(now) > Limits.SLOW_LEASE_FACTOR * meanLeaseNanos;
  }

  /** Ends whatever lease there is on a chunk. */
  void unlease(ChunkBook chunk) {
    Party lessee = parties.get(chunk.lessee());
    if (lessee != null) {
      lessee.released();
    }
    chunk.unlease();
  }

  void lease(ChunkBook chunk, String name, long now, long bytes) {
    unlease(chunk);
    chunk.lease(name, now, bytes);
    party(name).leased();
  }

  boolean idle(long now) {
    return holders.isEmpty() && parked.isEmpty() && now - touchedAt > 2 * Limits.CROWD_NANOS;
  }

  void sweep(long now) {
    parties.values().removeIf(party -> party.idle(now));
    if (now - touchedAt > 2 * Limits.CROWD_NANOS) {
      segments.clear();
    }
  }
}
