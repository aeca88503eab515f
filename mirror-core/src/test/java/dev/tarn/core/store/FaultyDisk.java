package dev.tarn.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The real disk, until it is told to fail; it notes what was asked of it. It waits for no device:
 * no test can cut the power, and many would be slow.
 */
final class FaultyDisk implements Disk {
  final List<String> done = new ArrayList<>();
  long writableBytes = Long.MAX_VALUE;
  String writeFailure = "No space left on device";
  @Nullable String failOn;

  private synchronized void note(String operation) throws IOException {
    done.add(operation);
    if (operation.equals(failOn)) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  public void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    note("write");
    if (bytes.remaining() > writableBytes) {
      int rest = bytes.remaining() - (int) writableBytes;
      bytes.limit(bytes.limit() - rest);
      REAL.write(channel, bytes, offset);
      writableBytes = 0;
      throw new IOException(writeFailure);
    }
    writableBytes -= bytes.remaining();
    REAL.write(channel, bytes, offset);
  }

  @Override
  public void force(FileChannel channel) throws IOException {
    note("force");
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    boolean publication = to.toString().contains("/blobs/");
    note(publication ? "publish" : "rename");
    REAL.rename(from, to);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    note("force " + directory.getFileName());
  }
}
