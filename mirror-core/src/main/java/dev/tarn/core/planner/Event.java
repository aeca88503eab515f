package dev.tarn.core.planner;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Membership;
import java.util.BitSet;
import java.util.List;

/** What happened, as a node's runtime tells its {@link Planner}. Plain values. */
public sealed interface Event {

  /**
   * A client of this node wants content that is not here.
   *
   * @param claimedSize what a manifest says its size is: never believed, only for the record
   * @param knownSize its size where part of it is here already, else {@link Question#UNKNOWN_SIZE}
   * @param held which chunks are here
   */
  record Want(BlobKey key, long claimedSize, long knownSize, BitSet held) implements Event {}

  /** Nobody on this node wants it any more. */
  record Unwant(BlobKey key) implements Event {}

  /** A reader has been waiting for the byte at {@code offset} for a while: it goes first. */
  record ReaderWaits(BlobKey key, long offset) implements Event {}

  /** Another node asks. {@code local} is about the chunk where the question names one. */
  record Asked(long token, String from, Question question, Local local) implements Event {}

  /**
   * What this node's store has, at this moment.
   *
   * @param bytes how many bytes of the chunk in question, from its start
   * @param whole the chunk is complete and verified
   */
  record Local(long bytes, boolean whole) {
    public static final Local NOTHING = new Local(0, false);
  }

  /** An answer came to {@link Action.Ask}. */
  record Answered(long id, Answer answer) implements Event {}

  /** A question could not be delivered, or its connection broke. */
  record Unanswered(long id) implements Event {}

  /** Another node wants bytes of a chunk from {@code offset} on. */
  record FetchAsked(
      long token, String from, BlobKey key, int chunk, long offset, boolean leased, Local local)
      implements Event {}

  /** An upload is over, whatever way. */
  record ServeEnded(long token) implements Event {}

  /** The peer began to answer {@link Action.FetchFrom}; {@code size} is the blob's, if it knows. */
  record FetchAccepted(long id, long size) implements Event {}

  /** Upstream began to answer. */
  record UpstreamAnswered(long id, long size, boolean ranges) implements Event {}

  /**
   * Bytes came: the fetch is at this position of the blob. At least every 250 ms while they come.
   */
  record Progress(long id, long position) implements Event {}

  /**
   * A chunk is stored, and is what its fetcher's hash says.
   *
   * @param fetchedBy who fetched it upstream
   */
  record ChunkDone(long id, int chunk, String fetchedBy) implements Event {}

  /** A fetch ended before its end. */
  record FetchFailed(long id, FetchFailure reason) implements Event {}

  /** Why a fetch ended. */
  enum FetchFailure {
    /** The peer serves as many as it may. */
    BUSY,
    /** The peer has nothing that this node lacks. */
    NOT_AHEAD,
    /** The peer does not have it. */
    GONE,
    /** The peer is not there, or its connection broke. */
    UNREACHABLE,
    /** The chunk is not what its hash says; what came of it is dropped. */
    MISMATCH,
    /** Upstream refuses: 401, 403, 404. */
    DENIED,
    /** Upstream fails. */
    UNAVAILABLE
  }

  /** All of it is here, so many bytes, and the blob's digest matched. */
  record Verified(BlobKey key, long size) implements Event {}

  /** All chunks are here and the blob's digest did not match. */
  record Mismatched(BlobKey key) implements Event {}

  /** Fetched again upstream, this chunk is not what was here before. */
  record ChunkDiffers(BlobKey key, int chunk) implements Event {}

  /** Content is here, complete, that was not wanted from peers. */
  record Stored(BlobKey key, long size) implements Event {}

  /** Complete content is no longer here. */
  record Evicted(BlobKey key) implements Event {}

  /** Part of the answer to {@link Action.ListInventory}: all that is complete here. */
  record Inventory(List<Content> content) implements Event {}

  /** Complete content, whoever delivered it. */
  record Content(Digest digest, long size) {}

  record MembershipChanged(Membership membership) implements Event {}

  /** Whether this node can store what it fetches. */
  record RoomChanged(boolean room) implements Event {}

  /** The time that {@link Action.WakeAt} asked for has come. */
  record Tick() implements Event {}
}
