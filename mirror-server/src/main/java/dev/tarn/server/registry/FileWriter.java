package dev.tarn.server.registry;

import io.netty.channel.Channel;
import java.nio.channels.FileChannel;

/** Writes a part of a complete file, in one sendfile that goes on as the socket takes it. */
final class FileWriter implements BodyWriter {
  private final Channel channel;
  private final BorrowedRegion region;
  private final Ending ending;
  private boolean aborted;

  FileWriter(Channel channel, FileChannel file, long start, long end, Ending ending) {
    this.channel = channel;
    this.region = new BorrowedRegion(file, start, end);
    this.ending = ending;
  }

  @Override
  public void start() {
    channel
        .writeAndFlush(region)
        .addListener(
            done -> {
              if (aborted) {
                return;
              }
              if (done.isSuccess()) {
                ending.completed();
              } else {
                ending.cut("write_failed");
              }
            });
  }

  @Override
  public long written() {
    return region.transferred();
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
