package dev.tarn.server.registry;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.util.concurrent.Future;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a part of a complete file by sendfile, a turn at a time: a client that is as fast as this
 * node would else hold the event loop, and every other client, for as long as its blob is. The
 * socket is corked meanwhile, so that segments are full and the first of them begins with the head.
 */
final class FileWriter implements BodyWriter {
  private final Channel channel;
  private final FileChannel file;
  private final long start;
  private final long end;
  private final Ending ending;
  private long position;
  private @Nullable BorrowedRegion underWay;
  private boolean aborted;

  FileWriter(Channel channel, FileChannel file, long start, long end, Ending ending) {
    this.channel = channel;
    this.file = file;
    this.start = start;
    this.end = end;
    this.ending = ending;
    this.position = start;
  }

  @Override
  public void start() {
    if (position == end) {
      ending.completed();
    } else {
      cork(true);
      writeTurn();
    }
  }

  private void writeTurn() {
    if (aborted) {
      return;
    }
    long to = Math.min(end, position + BorrowedRegion.TURN_BYTES);
    BorrowedRegion region = new BorrowedRegion(file, position, to);
    underWay = region;
    channel.writeAndFlush(region).addListener(done -> taken(done, to));
  }

  private void taken(Future<?> written, long to) {
    if (aborted) {
      return;
    }
    if (!written.isSuccess()) {
      ending.cut("write_failed");
      return;
    }
    underWay = null;
    position = to;
    if (position == end) {
      cork(false);
      ending.completed();
    } else {
      // Not a task for now, which would run before the event loop looks at its connections.
      channel.eventLoop().schedule(this::writeTurn, 0, TimeUnit.NANOSECONDS);
    }
  }

  /** Does nothing where the transport has no such option; a FIN sends what is left, too. */
  private void cork(boolean on) {
    if (channel.isActive()) {
      channel.config().setOption(EpollChannelOption.TCP_CORK, on);
    }
  }

  @Override
  public long written() {
    BorrowedRegion region = underWay;
    return position - start + (region == null ? 0 : region.transferred());
  }

  @Override
  public boolean isWaiting() {
    return false;
  }

  @Override
  public void abort() {
    aborted = true;
  }
}
