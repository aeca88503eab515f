package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.proof.Voucher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one chunk as it comes, a turn at a time, so that no connection holds its event loop: by
 * sendfile in plain mode, else in large buffers that TLS cuts into records. Closes the body at its
 * end. Event loop only.
 *
 * <pre>
 *   writing ◀──▶ waiting (for bytes, or for bandwidth) ──▶ ended
 * </pre>
 */
final class ChunkWriter {
  /** Is told once that nothing more is written; not after {@link #abandon}. */
  interface Ending {
    void ended(boolean reusable);
  }

  private static final int SENDFILE_TURN_BYTES = 1024 * 1024;
  private static final int BUFFER_TURN_BYTES = 256 * 1024;

  private final Channel channel;
  private final ChunkBody body;
  private final boolean sendfile;
  private final Bandwidth bandwidth;
  private final Ending ending;
  private final int turnBytes;
  private long position;
  private boolean ended;

  ChunkWriter(
      Channel channel,
      ChunkBody body,
      long offset,
      boolean sendfile,
      Bandwidth bandwidth,
      Ending ending) {
    this.channel = channel;
    this.body = body;
    this.position = offset;
    this.sendfile = sendfile;
    this.bandwidth = bandwidth;
    this.ending = ending;
    this.turnBytes = bandwidth.turn(sendfile ? SENDFILE_TURN_BYTES : BUFFER_TURN_BYTES);
  }

  /** Writes the head, at once: that there is a source is news by itself. */
  void start(@Nullable Voucher voucher, LongConsumer progress) {
    ByteBuf head = ResponseBytes.chunkHead(channel.alloc(), body.blobSize(), voucher);
    if (body.state(position) instanceof ChunkBody.State.Waiting) {
      channel.writeAndFlush(head);
    } else {
      channel.write(head);
    }
    pump(progress);
  }

  private void pump(LongConsumer progress) {
    if (ended) {
      return;
    }
    switch (body.state(position)) {
      case ChunkBody.State.Ready(long end) ->
          write((int) Math.min(end - position, turnBytes), progress);
      case ChunkBody.State.Waiting _ -> body.onProgress(position, () -> wake(progress));
      case ChunkBody.State.End(var tail) -> end(ResponseBytes.tail(channel.alloc(), tail));
      case ChunkBody.State.Broken(var reason) ->
          end(ResponseBytes.failedTail(channel.alloc(), reason));
    }
  }

  /** On the thread that made the progress: hands over to the event loop. */
  private void wake(LongConsumer progress) {
    try {
      channel.eventLoop().execute(() -> pump(progress));
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them: nobody is left to be told.
    }
  }

  private void write(int bytes, LongConsumer progress) {
    ChannelFuture written;
    try {
      written = sendfile ? writeRegion(bytes) : writeBuffer(bytes);
    } catch (IOException e) {
      fail();
      return;
    }
    written.addListener(
        done -> {
          if (ended) {
            return;
          }
          if (!done.isSuccess()) {
            fail();
            return;
          }
          position += bytes;
          progress.accept(bytes);
          goOn(bandwidth.take(bytes, body.firstCopy()), progress);
        });
  }

  private void goOn(long waitNanos, LongConsumer progress) {
    if (waitNanos == 0 && !(body.state(position) instanceof ChunkBody.State.Ready)) {
      pump(progress);
    } else {
      // Never at once, or a fast reader would keep this event loop from its other connections.
      channel.eventLoop().schedule(() -> pump(progress), waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  private ChannelFuture writeRegion(int bytes) {
    channel.write(ResponseBytes.pieceHead(channel.alloc(), bytes));
    channel.write(new BorrowedRegion(body, position, bytes));
    return channel.writeAndFlush(ResponseBytes.pieceEnd(channel.alloc()));
  }

  private ChannelFuture writeBuffer(int bytes) throws IOException {
    ByteBuf buffer = ResponseBytes.pieceBuffer(channel.alloc(), bytes);
    try {
      int left = bytes;
      while (left > 0) {
        long from = body.start() + position + bytes - left;
        int read = buffer.writeBytes(body.channel(), from, left);
        if (read < 0) {
          throw new EOFException("the file is shorter than what is ready of it");
        }
        left -= read;
      }
    } catch (IOException | RuntimeException e) {
      buffer.release();
      throw e;
    }
    ResponseBytes.endPiece(buffer);
    return channel.writeAndFlush(buffer);
  }

  /** No more of it is to be sent; says why at the next boundary. */
  void cut(FetchFailure reason) {
    if (ended) {
      return;
    }
    // What is being written was promised by its length, and comes before this.
    end(ResponseBytes.failedTail(channel.alloc(), reason));
  }

  private void end(ByteBuf tail) {
    ended = true;
    channel
        .writeAndFlush(tail)
        .addListener(
            done -> {
              body.close();
              ending.ended(done.isSuccess());
            });
  }

  private void fail() {
    if (!ended) {
      ended = true;
      body.close();
      ending.ended(false);
    }
  }

  /** The connection is gone, and everything that was written to it with it. */
  void abandon() {
    if (!ended) {
      ended = true;
      body.close();
    }
  }

  /** A part of the body's file, sent by sendfile(2); the file stays open and the body's. */
  private static final class BorrowedRegion extends DefaultFileRegion {
    BorrowedRegion(ChunkBody body, long position, long bytes) {
      super(body.channel(), body.start() + position, bytes);
    }

    @Override
    protected void deallocate() {
      // Borrowed: not ours to close.
    }
  }
}
