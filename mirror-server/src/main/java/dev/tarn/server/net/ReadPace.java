package dev.tarn.server.net;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * How often a connection that carries content is read. On a slow link the bytes come a packet at a
 * time, and each would wake a loop, a worker and whoever follows the content: most of the processor
 * time of a slow transfer. So where some reads in a row brought little, the connection rests
 * between reads, for as long as it takes that more comes together; the first bytes of an answer,
 * and links that bring much at once, wait for nothing. Belongs to its channel's event loop.
 */
public final class ReadPace {
  private static final int LITTLE_BYTES = 16 * 1024;
  private static final int MUCH_BYTES = 48 * 1024;
  private static final int SMALL_READS = 4;
  private static final long SHORTEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Of a socket's first receive window no more than a rest's worth of a slow link comes in this.
   */
  private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

  private final Channel channel;
  private long restNanos;
  private long cycleBytes;
  private int smallReads;
  private boolean wanted = true;
  private boolean resting;

  public ReadPace(Channel channel) {
    this.channel = channel;
  }

  /** An answer begins: it is read as it comes. */
  public void begin() {
    restNanos = 0;
    cycleBytes = 0;
    smallReads = 0;
    wanted = true;
    resting = false;
    channel.config().setAutoRead(true);
  }

  /** Whether there is room for more. */
  public void wanted(boolean on) {
    wanted = on;
    apply();
  }

  /** Content was read. */
  public void read(int bytes) {
    cycleBytes += bytes;
  }

  /** All that had come was read. */
  public void readComplete() {
    long bytes = cycleBytes;
    cycleBytes = 0;
    if (bytes == 0) {
      return;
    }
    if (bytes < LITTLE_BYTES) {
      smallReads++;
      if (smallReads >= SMALL_READS) {
        restNanos = Math.clamp(2 * restNanos, SHORTEST_REST_NANOS, LONGEST_REST_NANOS);
      }
    } else if (bytes > MUCH_BYTES) {
      smallReads = 0;
      restNanos = restNanos / 2 < SHORTEST_REST_NANOS ? 0 : restNanos / 2;
    }
    if (restNanos > 0 && wanted && !resting) {
      rest();
    }
  }

  private void rest() {
    resting = true;
    apply();
    channel
        .eventLoop()
        .schedule(
            () -> {
              resting = false;
              apply();
            },
            restNanos,
            TimeUnit.NANOSECONDS);
  }

  private void apply() {
    channel.config().setAutoRead(wanted && !resting);
  }
}
