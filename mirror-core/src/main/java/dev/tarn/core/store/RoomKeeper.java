package dev.tarn.core.store;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who may take how much room: claims of transfers in flight, then complete content, then what is
 * kept of partial content; what does not fit is evicted from the last upwards. Thread-safe; blocks,
 * and evicts on the thread that needs the room.
 *
 * <p>Free space is read at most once a second. What the store writes or deletes meanwhile moves
 * bytes between "held" and "free" and leaves their sum alone, so the sum is what is remembered.
 */
final class RoomKeeper {
  /** How long what was read about free space is believed. */
  static final Duration SPACE_BELIEVED = Duration.ofSeconds(1);

  /** After how many written bytes a transfer looks at free space again. */
  static final long RECHECK_BYTES = 4L << 20;

  private final RoomPolicy policy;
  private final FileSystemSpace space;
  private final Clock clock;
  private final CompleteBlobs complete;
  private final PartialBlobs partials;
  private final Set<Claim> claims = ConcurrentHashMap.newKeySet();
  private final AtomicLong claimedBytes = new AtomicLong();
  private final Object filling = new Object();
  private @Nullable Reading reading;
  private volatile RoomPolicy.Limit limit = new RoomPolicy.Limit(0, false);

  /** What the file system had when it was last asked. */
  private record Reading(long total, long usable, long heldAndUsable, long atMillis) {}

  RoomKeeper(
      RoomPolicy policy,
      FileSystemSpace space,
      Clock clock,
      CompleteBlobs complete,
      PartialBlobs partials) {
    this.policy = policy;
    this.space = space;
    this.clock = clock;
    this.complete = complete;
    this.partials = partials;
  }

  /** The room of one transfer in flight. Thread-safe. */
  final class Claim {
    private final AtomicLong written;
    private final AtomicLong unchecked = new AtomicLong();
    private volatile long bytes;

    private Claim(long bytes, long written) {
      this.bytes = bytes;
      this.written = new AtomicLong(written);
    }

    /** Makes the claim at least {@code size} bytes large, for content whose size is not known. */
    void cover(long size) throws NoRoomException {
      if (size > bytes) {
        grow(this, size + RECHECK_BYTES);
      }
    }

    /** Notes that so many bytes more lie on disk, and looks at free space now and then. */
    void wrote(long count) throws NoRoomException {
      written.addAndGet(count);
      if (unchecked.addAndGet(count) >= RECHECK_BYTES) {
        unchecked.set(0);
        recheck();
      }
    }

    /** Sets how many bytes lie on disk. */
    void written(long count) {
      written.set(count);
    }

    /** Gives the room back. Idempotent. */
    void close() {
      release(this);
    }
  }

  /** The bytes of transfers in flight that lie on disk. */
  long writtenBytes() {
    long sum = 0;
    for (Claim claim : claims) {
      sum += Math.min(claim.written.get(), claim.bytes);
    }
    return sum;
  }

  /** What the store may take, as last calculated. */
  RoomPolicy.Limit limit() {
    return limit;
  }

  /** What complete content may take, as last calculated. */
  long completeLimit() {
    return Math.max(0, limit.bytes() - claimedBytes.get());
  }

  /**
   * Claims room, evicting what has to give.
   *
   * @param bytes how large the content will be
   * @param written how much of it lies on disk already
   * @return null where there is no room, and then nothing was evicted for it
   */
  @Nullable Claim claim(long bytes, long written) {
    Claim claim = new Claim(0, written);
    claims.add(claim);
    if (!tryGrow(claim, bytes)) {
      claims.remove(claim);
      return null;
    }
    return claim;
  }

  private void grow(Claim claim, long bytes) throws NoRoomException {
    if (!tryGrow(claim, bytes)) {
      throw new NoRoomException("the store's limit leaves no room");
    }
  }

  private boolean tryGrow(Claim claim, long bytes) {
    if (!complete.filled() && !fitsFreely(bytes)) {
      fill();
    }
    synchronized (this) {
      long more = Math.max(0, bytes - claim.bytes);
      if (!fits(more, read(false)) && !fits(more, read(true))) {
        complete.index().wean(0);
        if (!fits(more, read(false))) {
          return false;
        }
      }
      claim.bytes = claim.bytes + more;
      claimedBytes.addAndGet(more);
      makeRoom();
      return true;
    }
  }

  private boolean fits(long more, RoomPolicy.Limit within) {
    return complete.index().pinnedRoom() <= within.bytes() - claimedBytes.get() - more;
  }

  /** Whether there is room without knowing, or evicting, anything. */
  private synchronized boolean fitsFreely(long bytes) {
    Reading now = readSpace();
    long pending = claimedBytes.get() - writtenBytes();
    return now.usable() - policy.floor(now.total()) >= pending + bytes
        && claimedBytes.get() + bytes <= policy.maxBytes();
  }

  private synchronized void release(Claim claim) {
    if (claims.remove(claim)) {
      claimedBytes.addAndGet(-claim.bytes);
      makeRoom();
    }
  }

  private synchronized void recheck() throws NoRoomException {
    read(false);
    if (belowReserve()) {
      makeRoom();
      read(true);
      if (belowReserve()) {
        throw new NoRoomException("the file system's reserve is used up");
      }
    }
  }

  private boolean belowReserve() {
    Reading now = reading;
    return now != null && now.usable() < policy.reserveFloor(now.total());
  }

  /** Evicts what is too much. */
  synchronized void trim() {
    makeRoom();
  }

  /** Reads free space afresh and evicts what is too much. */
  synchronized void settle() {
    read(true);
    makeRoom();
  }

  /** Enters everything on disk into the books, unless it is there; waits where another does so. */
  void fill() {
    synchronized (filling) {
      if (!complete.filled()) {
        partials.fill();
        complete.fill(this::allowance);
      }
    }
  }

  private synchronized long allowance(long completeRoom) {
    Reading now = readSpace();
    long held = completeRoom + partials.keptBytes() + writtenBytes();
    return policy.limit(now.total(), now.usable(), held).bytes() - claimedBytes.get();
  }

  private void makeRoom() {
    if (!complete.filled()) {
      return;
    }
    long allowed = Math.max(0, read(false).bytes() - claimedBytes.get());
    partials.shrinkTo(Math.max(0, allowed - complete.index().roomBytes()));
    complete.shrinkTo(Math.max(0, allowed - partials.keptBytes()));
  }

  private RoomPolicy.Limit read(boolean afresh) {
    Reading now = reading;
    if (afresh || now == null || clock.millis() - now.atMillis() >= SPACE_BELIEVED.toMillis()) {
      now = readSpace();
    }
    limit = policy.limit(now.total(), now.heldAndUsable(), 0);
    return limit;
  }

  private Reading readSpace() {
    long usable = space.usableBytes();
    long held = complete.index().roomBytes() + partials.keptBytes() + writtenBytes();
    Reading now = new Reading(space.totalBytes(), usable, held + usable, clock.millis());
    reading = now;
    return now;
  }
}
