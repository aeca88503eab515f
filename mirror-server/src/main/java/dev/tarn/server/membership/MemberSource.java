package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.time.Duration;
import java.util.Collection;

/**
 * Finds the nodes, and goes on finding them until it is closed. What it finds it reports from any
 * thread, one report after the other.
 */
public interface MemberSource extends AutoCloseable {

  /** Begins; returns at once, without waiting for a network. Called once. */
  void start(Sink sink);

  /**
   * How long ago it last heard that what it found still holds, or since it was made, where it never
   * did. Thread-safe, does not block.
   */
  Duration age();

  /** Ends; nothing is reported after it returned. */
  @Override
  void close();

  /** Hears what a source finds. Thread-safe, does not block. */
  interface Sink {
    /** These are all nodes, each name once. */
    void found(Collection<Member> members);

    /** The nodes could not be told; what was found before still counts. */
    void failed(Throwable cause);
  }
}
