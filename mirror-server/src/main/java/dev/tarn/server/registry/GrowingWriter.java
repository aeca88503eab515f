package dev.tarn.server.registry;

import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferReader;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes content that is still arriving: by sendfile what is there, then it waits for more. A slow
 * client holds up nobody and costs no memory, because what it has not taken is in the file.
 *
 * <pre>
 *   writing ◀──▶ waiting ──▶ ended
 * </pre>
 */
final class GrowingWriter implements BodyWriter {
  private final Channel channel;
  private final Framing framing;
  private final TransferReader reader;
  private final long start;
  private final long end;
  private final Ending ending;
  private final long firstReady;
  private long position;
  private @Nullable BorrowedRegion underWay;
  private boolean waiting;
  private boolean ended;

  /** {@code firstReady} is the offset up to which bytes are there, or {@code start}. */
  GrowingWriter(
      Channel channel,
      Framing framing,
      TransferReader reader,
      long start,
      long end,
      long firstReady,
      Ending ending) {
    this.firstReady = firstReady;
    this.channel = channel;
    this.framing = framing;
    this.reader = reader;
    this.start = start;
    this.end = end;
    this.position = start;
    this.ending = ending;
  }

  @Override
  public void start() {
    if (firstReady > position) {
      // Known to be there when the headers were decided on: it leaves with them, come what may.
      write(Math.min(firstReady, end));
    } else {
      pump();
    }
  }

  private void pump() {
    waiting = false;
    if (ended) {
      return;
    }
    if (position == end) {
      ended = true;
      ending.completed();
      return;
    }
    switch (reader.progress(position)) {
      case Transfer.Progress.Ready(long ready) -> write(Math.min(ready, end));
      case Transfer.Progress.Waiting _ -> {
        waiting = true;
        reader.onProgress(position, this::wake);
      }
      case Transfer.Progress.AtEnd _ -> {
        ended = true;
        ending.completed();
      }
      case Transfer.Progress.Failed(var failure) -> {
        ended = true;
        ending.cut("transfer_" + failure);
      }
    }
  }

  /** On the thread that made the progress: hands over to the event loop. */
  private void wake() {
    try {
      channel.eventLoop().execute(this::pump);
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them: nobody is left to be told.
    }
  }

  private void write(long ready) {
    long to = Math.min(ready, position + BorrowedRegion.TURN_BYTES);
    BorrowedRegion region = new BorrowedRegion(reader.channel(), position, to);
    underWay = region;
    framing
        .write(channel, region, to - position)
        .addListener(
            done -> {
              if (ended) {
                return;
              }
              if (done.isSuccess()) {
                underWay = null;
                position = to;
                if (to < ready) {
                  // More is here, but others have their turn first, as with a complete file.
                  channel.eventLoop().schedule(this::pump, 0, TimeUnit.NANOSECONDS);
                } else {
                  pump();
                }
              } else {
                ended = true;
                ending.cut("write_failed");
              }
            });
  }

  @Override
  public long written() {
    BorrowedRegion region = underWay;
    return position - start + (region == null ? 0 : region.transferred());
  }

  @Override
  public long came() {
    return reader.transfer().cameBytes();
  }

  @Override
  public boolean isWaiting() {
    return waiting;
  }

  @Override
  public void abort() {
    ended = true;
  }
}
