package dev.tarn.core.planner;

import dev.tarn.core.range.ChunkGrid;

/** How fast this node receives, and how long a chunk usually takes it. The planner's thread. */
final class Pace {
  private static final long BUCKET_NANOS = Limits.millis(500);
  private static final double PEAK_DECAY = 0.98;
  private static final int MEAN_WEIGHT = 8;

  private long meanNanos;
  private long bucketStart = Long.MIN_VALUE;
  private long bucketBytes;
  private double peak;

  void received(long now, long bytes) {
    roll(now);
    bucketBytes += bytes;
  }

  void chunkTook(long nanos) {
    meanNanos = meanNanos == 0 ? nanos : meanNanos + (nanos - meanNanos) / MEAN_WEIGHT;
  }

  /**
   * From what age on a chunk is slow, where so many share this node's link: a few multiples of what
   * it usually takes, or of what it would take at a fair share of the best rate seen. Without the
   * latter, slow chunks at the end would be measured by slow chunks. Before the first is here
   * nothing is known of either: on a slow link all would go to the one who has most, and get it
   * later for that.
   */
  long slowNanos(long least, int underWay) {
    if (meanNanos == 0) {
      return Math.max(least, Limits.FIRST_SLOW_NANOS);
    }
    long fair = meanNanos;
    if (peak > 0) {
      fair = (long) (ChunkGrid.CHUNK_BYTES * (double) underWay / peak * BUCKET_NANOS);
    }
    return Math.max(least, Limits.SLOW_FACTOR * Math.min(meanNanos, fair));
  }

  /** How long a chunk is left alone that nobody is to fetch yet: nothing changes much sooner. */
  long pauseNanos() {
    return Math.clamp(meanNanos / Limits.DEFER_PART, Limits.DEFER_NANOS, Limits.DEFER_MAX_NANOS);
  }

  /** How many chunks may share this node's link, by the best rate seen. */
  int chunks(long now) {
    roll(now);
    double rate = Math.max(peak, (double) bucketBytes);
    long inTime = Math.round(rate * Limits.CHUNK_NANOS / BUCKET_NANOS / ChunkGrid.CHUNK_BYTES);
    return Math.clamp(inTime, Limits.NODE_LEAST_CHUNKS, Limits.NODE_CHUNKS);
  }

  /** How many chunks this node gives at a time: so many as are through before long. */
  int uploads(long now) {
    roll(now);
    if (peak == 0) {
      return Limits.UPLOADS_AT_FIRST;
    }
    long soon = Math.round(peak * Limits.UPLOAD_NANOS / BUCKET_NANOS / ChunkGrid.CHUNK_BYTES);
    return Math.clamp(soon, Limits.LEAST_UPLOADS, Limits.UPLOADS);
  }

  private void roll(long now) {
    if (bucketStart == Long.MIN_VALUE) {
      bucketStart = now;
    }
    long buckets = (now - bucketStart) / BUCKET_NANOS;
    if (buckets > 0) {
      peak = Math.max(peak * PEAK_DECAY, (double) bucketBytes);
      bucketBytes = 0;
      bucketStart += buckets * BUCKET_NANOS;
    }
  }
}
