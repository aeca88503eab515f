package dev.tarn.server.net;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers small pieces of content, such as those of TLS, so that a file gets few writes. Passes big
 * ones on as they are, in order. Belongs to one event loop.
 */
public final class SmallPieces {
  private static final int SMALL_BYTES = 64 * 1024;
  private static final int GATHERED_BYTES = 128 * 1024;

  private @Nullable ByteBuf gathered;

  /** Takes {@code bytes}, and gives {@code to} what is complete by it; both own what they get. */
  public void add(ByteBuf bytes, Consumer<ByteBuf> to) {
    if (bytes.readableBytes() >= SMALL_BYTES) {
      flush(to);
      to.accept(bytes);
      return;
    }
    try {
      ByteBuf into = gathered;
      if (into != null && into.writableBytes() < bytes.readableBytes()) {
        flush(to);
        into = null;
      }
      if (into == null) {
        into = bytes.alloc().directBuffer(GATHERED_BYTES, GATHERED_BYTES);
        gathered = into;
      }
      into.writeBytes(bytes);
    } finally {
      bytes.release();
    }
  }

  /** Gives {@code to} what was gathered, if there is anything. */
  public void flush(Consumer<ByteBuf> to) {
    ByteBuf ready = gathered;
    gathered = null;
    if (ready != null) {
      to.accept(ready);
    }
  }

  /** Releases what was gathered. */
  public void drop() {
    flush(ByteBuf::release);
  }
}
