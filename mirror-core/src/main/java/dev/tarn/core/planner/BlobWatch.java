package dev.tarn.core.planner;

/**
 * Sees to it that a blob ends: a starved reader goes upstream itself, and what can't succeed is
 * given up. The planner's thread.
 */
final class BlobWatch {
  private static final long WATCH_NANOS = Limits.STARVED_NANOS / 5;

  private final BlobFetch blob;
  private final Kernel kernel;
  private final Participant participant;
  private long progressAt;
  private int head = Question.WHOLE;
  private long headBytes;
  private long headAt;

  BlobWatch(BlobFetch blob, Kernel kernel, Participant participant) {
    this.blob = blob;
    this.kernel = kernel;
    this.participant = participant;
    this.progressAt = kernel.now();
    this.headAt = kernel.now();
    kernel.after(WATCH_NANOS, this::look);
  }

  void progressed() {
    progressAt = kernel.now();
  }

  private void look() {
    if (blob.phase() == BlobFetch.Phase.ENDED) {
      return;
    }
    kernel.after(WATCH_NANOS, this::look);
    long idle = kernel.now() - progressAt;
    boolean waits = blob.fetchesUpstream() && idle < 2 * Limits.GIVE_UP_NANOS;
    if (blob.phase() == BlobFetch.Phase.VERIFYING || waits) {
      return;
    }
    boolean refused = idle >= Limits.STARVED_NANOS && !blob.canFetch();
    if (refused || idle >= Limits.GIVE_UP_NANOS) {
      participant.giveUp(blob);
    } else if (idle >= Limits.STARVED_NANOS) {
      blob.alone(false);
    } else {
      lookAtHead();
    }
  }

  private void lookAtHead() {
    long now = kernel.now();
    int first = blob.firstMissing();
    ChunkFetch fetch = blob.chunk(first);
    long has = fetch == null ? 0 : fetch.bytes();
    if (first != head || has > headBytes) {
      head = first;
      headBytes = has;
      headAt = now;
    } else if (fetch != null && now - headAt >= Limits.STARVED_NANOS && blob.canFetch()) {
      fetch.goUpstream();
    }
  }
}
