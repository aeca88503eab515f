package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.placement.Member;
import java.util.List;

/** What a {@link Planner} tells its node's runtime to do. Plain values. */
public sealed interface Action {

  /** Ends in {@link Event.Answered} or {@link Event.Unanswered}. */
  record Ask(long id, Member to, Question question) implements Action {}

  /** The answer to {@link Event.Asked}. */
  record Reply(long token, Answer answer) implements Action {}

  /** Read a chunk from a peer, from {@code offset} within it on. */
  record FetchFrom(long id, Member from, BlobKey key, int chunk, long offset, boolean leased)
      implements Action {}

  /**
   * Read bytes of the blob upstream, from {@code start} up to {@code end}, which is {@link
   * Question#UNKNOWN_SIZE} for the rest.
   */
  record FetchUpstream(long id, BlobKey key, long start, long end) implements Action {}

  /** A fetch upstream is to end earlier than it was told: at {@code end}. */
  record EndUpstream(long id, long end) implements Action {}

  /** Stop a fetch, whichever kind; nothing more is to be told of it. */
  record Cancel(long id) implements Action {}

  /** Serve what was asked for, as it comes. */
  record Serve(long token) implements Action {}

  record Refuse(long token, Event.FetchFailure reason) implements Action {}

  /** Break an upload off. */
  record CutServe(long token) implements Action {}

  /** The blob's size as it is known now; what lies on another grid is dropped. */
  record SetSize(BlobKey key, long size) implements Action {}

  /** All chunks are here: compare the digest. */
  record Verify(BlobKey key) implements Action {}

  /**
   * Keep the blob from clients until it is verified: its chunks matched, it did not. What is
   * fetched from now on is compared chunk by chunk with what was here.
   */
  record Distrust(BlobKey key) implements Action {}

  /** A member delivered a chunk, as its fetcher, that upstream never sent. */
  record Blame(String member, BlobKey key, int chunk) implements Action {}

  /**
   * For the record: this node leaves a member alone until {@code untilNanos}; where that is now, it
   * does no longer.
   */
  record Avoid(String member, long untilNanos) implements Action {}

  /** The blob is complete and verified. */
  record Finished(BlobKey key) implements Action {}

  /** Nobody has it for this node, upstream included. */
  record GaveUp(BlobKey key) implements Action {}

  /** Tell all complete content, in {@link Event.Inventory} of any number of parts. */
  record ListInventory() implements Action {}

  /** Tell as what this content may be shared, by an {@link Event.Stored} for each such key. */
  record NameKeys(List<Event.Content> content) implements Action {}

  /** Send an event, if only {@link Event.Tick}, at this time at the latest; replaces the last. */
  record WakeAt(long nanos) implements Action {}
}
