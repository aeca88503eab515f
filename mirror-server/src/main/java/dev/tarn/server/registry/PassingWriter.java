package dev.tarn.server.registry;

import dev.tarn.server.mirror.PassingBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Writes bytes that pass by: a virtual thread takes them from upstream, the event loop writes them,
 * and a few buffers at most are between the two.
 */
final class PassingWriter implements BodyWriter {
  private static final int BUFFERS_UNDER_WAY = 4;

  private final Channel channel;
  private final Framing framing;
  private final PassingBytes bytes;
  private final long length;
  private final Executor workers;
  private final Ending ending;
  private final Semaphore underWay = new Semaphore(BUFFERS_UNDER_WAY);
  private volatile boolean aborted;
  private long written;

  PassingWriter(
      Channel channel,
      Framing framing,
      PassingBytes bytes,
      long length,
      Executor workers,
      Ending ending) {
    this.channel = channel;
    this.framing = framing;
    this.bytes = bytes;
    this.length = length;
    this.workers = workers;
    this.ending = ending;
  }

  @Override
  public void start() {
    workers.execute(this::carry);
  }

  /** On a virtual thread. */
  private void carry() {
    long left = length < 0 ? Long.MAX_VALUE : length;
    try {
      while (left > 0 && !aborted) {
        ByteBuf next = bytes.next();
        if (next == null) {
          break;
        }
        if (next.readableBytes() > left) {
          next.writerIndex(next.readerIndex() + (int) left);
        }
        left -= next.readableBytes();
        underWay.acquireUninterruptibly();
        channel.eventLoop().execute(() -> write(next));
      }
      boolean whole = left == 0 || length < 0;
      end(whole ? null : "upstream_ended_early");
    } catch (IOException | RuntimeException e) {
      end("upstream_broke_off");
    } finally {
      bytes.close();
    }
  }

  private void end(@Nullable String why) {
    underWay.acquireUninterruptibly(BUFFERS_UNDER_WAY);
    channel
        .eventLoop()
        .execute(
            () -> {
              if (aborted) {
                return;
              }
              if (why == null) {
                ending.completed();
              } else {
                ending.cut(why);
              }
            });
  }

  private void write(ByteBuf next) {
    if (aborted) {
      next.release();
      underWay.release();
      return;
    }
    int size = next.readableBytes();
    if (size == 0) {
      // As a chunk it would be the end.
      next.release();
      underWay.release();
      return;
    }
    framing
        .write(channel, next, size)
        .addListener(
            done -> {
              underWay.release();
              if (done.isSuccess()) {
                written += size;
              }
            });
  }

  @Override
  public long written() {
    return written;
  }

  @Override
  public boolean isWaiting() {
    return underWay.availablePermits() == BUFFERS_UNDER_WAY;
  }

  @Override
  public void abort() {
    aborted = true;
  }
}
