package dev.tarn.server.mirror;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Bytes on their way from upstream to one client, read by blocking on a virtual thread. */
public interface PassingBytes extends AutoCloseable {

  /**
   * The next bytes, owned by the caller; null at the end.
   *
   * @throws IOException where they broke off, or are not the content that was asked for
   */
  @Nullable ByteBuf next() throws IOException;

  @Override
  void close();
}
