package dev.tarn.core.planner;

import java.util.List;

/** What a node answers to a {@link Question}: plain values, the content of a wire message. */
public sealed interface Answer {

  /** These hold it whole. */
  record Complete(long size, List<String> holders) implements Answer {}

  /** Nobody has it: a lease on the whole remainder. */
  record Alone() implements Answer {}

  /** Several want it: ask each segment's home. */
  record Crowd(long size, List<String> seeds) implements Answer {}

  /** Several want it and it can't be cut: ask for {@link Question#WHOLE}. */
  record Behind(long size) implements Answer {}

  /** Not known yet: ask again. */
  record Later(int millis) implements Answer {}

  /** Nobody has it, and nobody can fetch it. */
  record Nobody() implements Answer {}

  /** One place for each chunk that was asked for. */
  record Located(List<Place> places) implements Answer {}

  /**
   * Where a chunk is to be had.
   *
   * @param candidates up to four, at random
   * @param lessee who is to fetch it upstream, empty where nobody is
   */
  record Place(int chunk, PlaceKind kind, List<String> candidates, String lessee) {}

  /** What the asker of a chunk is to do. */
  enum PlaceKind {
    /** Take it from one of the candidates. */
    CANDIDATES,
    /** Fetch it upstream, for everybody. */
    LEASED,
    /** Fetch it upstream, for itself. */
    UPSTREAM,
    /** Nobody has it and nobody may fetch it. */
    NOBODY
  }

  /**
   * How busy a candidate is.
   *
   * @param uploads how many it serves now
   * @param busy it would not serve one more
   * @param bytes how much of the chunk it has
   * @param complete it has all of the chunk, verified
   * @param rooted bytes come to it now, directly or through others, from somebody who has them
   * @param upstream it fetches the chunk upstream itself
   */
  record Load(
      int uploads, boolean busy, long bytes, boolean complete, boolean rooted, boolean upstream)
      implements Answer {}

  /** A report was heard; these of its leases are somebody else's by now. */
  record Heard(List<Integer> ceded) implements Answer {}

  /** What the one who fetched alone made of it. */
  record Revoked(RevokeKind kind, long size) implements Answer {}

  /** How a lease held alone ended. */
  enum RevokeKind {
    /** It goes on to the end of the chunk it is at, no further. */
    SPLIT,
    /** Upstream gives it in one piece only. */
    STREAM,
    /** It is complete. */
    COMPLETE,
    /** It does not fetch it. */
    NOT_FETCHING
  }

  /** What a home, or one who takes part, knows about a segment. */
  record Known(
      long size,
      boolean crowd,
      boolean stream,
      String lone,
      List<String> holders,
      List<ChunkKnown> chunks)
      implements Answer {}

  /** What is known about a chunk. */
  record ChunkKnown(int chunk, List<String> holders, String lessee, long leaseBytes) {}

  /** Nothing to say. */
  record Noted() implements Answer {}

  /** No answer came. Never sent. */
  record Silence() implements Answer {}
}
