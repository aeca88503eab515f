package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import java.util.List;

/** What one node asks another: plain values, the content of a wire message. */
public sealed interface Question {
  /** The chunk number that stands for a whole blob that can't be cut. */
  int WHOLE = -1;

  /** The size of a blob that nobody told yet. */
  long UNKNOWN_SIZE = -1;

  /**
   * To the blob's home: who has it, or may I fetch it?
   *
   * @param room whether the asker can store what it gets
   * @param canFetch whether the asker may be sent upstream
   * @param renewal it only says that the asker is still at it
   * @param avoid whom the asker could not get it from
   */
  record Open(BlobKey key, boolean room, boolean canFetch, boolean renewal, List<String> avoid)
      implements Question {}

  /**
   * To a segment's home: where do I get these chunks?
   *
   * @param size the blob's size as the asker learnt it from its home or from upstream
   * @param held which chunks of the segment the asker holds: bit {@code i} is its {@code i}th
   * @param seeds some who hold the whole blob, as far as the asker was told
   * @param previousHome who answered the asker's last question about this segment, where that was
   *     somebody else than who is asked now; empty otherwise
   */
  record Locate(
      BlobKey key,
      int segment,
      long size,
      int held,
      List<Need> needs,
      List<String> avoid,
      List<String> seeds,
      boolean room,
      boolean canFetch,
      String previousHome)
      implements Question {}

  /** A chunk that somebody lacks, and how many bytes of it are there already. */
  record Need(int chunk, long bytes) {}

  /**
   * To a candidate: how busy are you, and how much of this chunk do you have?
   *
   * @param leased the home named the one who is asked as the one who fetches it upstream
   */
  record Probe(BlobKey key, int chunk, boolean leased) implements Question {}

  /** To a home: how the asker's leases go, and what it holds of the segment. */
  record Report(BlobKey key, int segment, long size, int held, List<Leasehold> leases)
      implements Question {}

  /** One lease; {@link #WHOLE} for the whole remainder. */
  record Leasehold(int chunk, long bytes, LeaseState state) {}

  /** How a lease goes. */
  enum LeaseState {
    FETCHING,
    DONE,
    FAILED
  }

  /** From the blob's home to the one who fetches alone: others came, share. */
  record Revoke(BlobKey key) implements Question {}

  /**
   * From one who is not the home, as far as it knows, to the home: somebody who sees other members
   * asked me. Answered finally, never passed on.
   */
  record Forwarded(String asker, Question question) implements Question {}

  /** Between homes: what do you know about this segment? Answered finally, never passed on. */
  record Consult(BlobKey key, int segment) implements Question {}

  /** To a home: what the asker holds whole since now, and what no more. */
  record Announce(List<Held> held, List<BlobKey> gone) implements Question {}

  /** Content that is complete and verified somewhere. */
  record Held(BlobKey key, long size) {}
}
