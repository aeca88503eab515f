package dev.tarn.core.planner;

import java.util.concurrent.TimeUnit;

/** The bounds that a planner keeps: times in nanoseconds, the rest counts. */
final class Limits {
  /** Chunks of one blob in flight. */
  static final int WINDOW_CHUNKS = 16;

  /** Chunks in flight of all blobs: what was wanted first has them first. */
  static final int NODE_CHUNKS = 16;

  /** The same where the link is slow, and before its speed is known. */
  static final int NODE_LEAST_CHUNKS = 6;

  /**
   * How long a chunk may take by sharing this node's link with others: a client gets the first byte
   * of a chunk when its last is here.
   */
  static final long CHUNK_NANOS = millis(1_000);

  /**
   * The part of these that a blob has in flight, however many were wanted before it; and so many
   * are begun together, where possible of one segment: one question for all.
   */
  static final int LEAST_PART = 4;

  /** How far beyond the first missing chunk a crowd picks at random. */
  static final int LOOK_AHEAD_CHUNKS = 64;

  /** Leases on chunks of a segment before it is known how long one takes. */
  static final int FIRST_LEASES = 1;

  static final int LEAST_LEASES = 1;

  /** A lease on a chunk that takes no longer lets a whole segment be leased at once. */
  static final long SOON_NANOS = millis(60);

  /** A lease that needs less than this part, three quarters, of what others took counts no more. */
  static final int UNDER_WAY_LEFT = 3;

  static final int UNDER_WAY_OF = 4;

  /** How long a chunk that nobody is to fetch yet is left alone. */
  static final long DEFER_NANOS = millis(50);

  /** The part of what a chunk takes for which it is left alone, where that is longer. */
  static final int DEFER_PART = 2;

  static final long DEFER_MAX_NANOS = millis(150);

  static final int CANDIDATES = 4;

  /** Holders of a whole blob that its home remembers. */
  static final int HOLDERS = 32;

  /** Receivers of one chunk that its home remembers. */
  static final int RECEIVERS = 128;

  /** Names in a message that say whom the asker avoids, or who seeds. */
  static final int NAMES = 8;

  /** Blobs that a home remembers. */
  static final int BOOKS = 65_536;

  /**
   * Uploads at a time. Fewer where the link is slow: a chunk that a slow node alone has reaches
   * nobody for seconds if 48 share what it can give.
   */
  static final int UPLOADS = 48;

  static final int LEAST_UPLOADS = 8;

  /** The same before the link's speed is known. */
  static final int UPLOADS_AT_FIRST = 16;

  /** How long a chunk may take to go to somebody, by sharing this node's link with others. */
  static final long UPLOAD_NANOS = millis(640);

  /** Runs upstream that are over, whose late chunks a node still takes for its own. */
  static final int ENDING = 16;

  /** A home and its runners-up. */
  static final int RANKS = 3;

  /** How many a home asks, itself included, that may have forgotten: in a small cluster, all. */
  static final int CONSULTED = 8;

  /** How long what others knew is not asked for again, though they were home since. */
  static final long CONSULTED_NANOS = millis(1_000);

  /** Segments whose homes a node remembers. */
  static final int RANKED = 512;

  static final long ASK_NANOS = millis(1_000);

  /** After so long without an answer, those who gave other chunks are tried as well. */
  static final long HEDGE_NANOS = millis(400);

  static final long FORWARD_NANOS = millis(300);

  static final long PROBE_NANOS = millis(100);
  static final long CONSULT_NANOS = millis(300);

  /** How long a home keeps an asker waiting. */
  static final long PARK_NANOS = millis(700);

  static final int LATER_MILLIS = 100;

  /** How often a chunk in flight is looked at. */
  static final long CHECK_NANOS = millis(250);

  static final long STALL_NANOS = millis(500);

  /** A chunk older than this many times the mean is slow. */
  static final int SLOW_FACTOR = 3;

  /** From what age on a chunk is slow, before any has come. */
  static final long FIRST_SLOW_NANOS = millis(2_000);

  /** The same where only those chunks are missing that are on their way, and how often to look. */
  static final long LAST_NANOS = millis(200);

  static final long LAST_CHECK_NANOS = millis(100);

  /** How often a lessee reports. */
  static final long REPORT_NANOS = millis(500);

  static final long LEASE_NANOS = millis(2_000);

  /** Who is to report more often than this, and tells of no byte, takes nobody's turn. */
  static final long LEASE_PROGRESS_NANOS = 2 * REPORT_NANOS + millis(250);

  /** A lease that takes longer than this, and than so many times the mean, is slow. */
  static final long SLOW_LEASE_NANOS = millis(500);

  static final int SLOW_LEASE_FACTOR = 2;

  /** How many leases of a blob must be done before any is called slow. */
  static final int SLOW_LEASE_SAMPLES = 4;

  /** How recently one must have asked to be waiting. */
  static final long WAITER_NANOS = millis(1_500);

  /** How recently one must have asked to be made lessee of what it may not have asked for. */
  static final long PARTY_NANOS = millis(3_000);

  static final long RENEWAL_NANOS = millis(5_000);

  /** How long a crowd is remembered after the last sign of it. */
  static final long CROWD_NANOS = millis(30_000);

  static final long STARVED_NANOS = millis(5_000);
  static final long GIVE_UP_NANOS = millis(15_000);

  /** How long one whom upstream failed is not sent there. */
  static final long UPSTREAM_BACK_OFF_NANOS = millis(10_000);

  static final long RETRY_NANOS = millis(50);
  static final long RETRY_MAX_NANOS = millis(500);
  static final long PEER_BACK_OFF_NANOS = millis(1_000);
  static final long PEER_BACK_OFF_MAX_NANOS = millis(30_000);

  /** How long after a start, or a change of membership, a home consults its runners-up. */
  static final long AMNESIA_NANOS = millis(30_000);

  static final long ANNOUNCE_NANOS = millis(30_000);

  /** Blobs in one announcement. */
  static final int ANNOUNCED = 1_000;

  static final long SWEEP_NANOS = millis(30_000);

  private Limits() {}

  static long millis(long value) {
    return TimeUnit.MILLISECONDS.toNanos(value);
  }
}
