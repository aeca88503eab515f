package dev.tarn.server.mirror;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Few bytes that are never changed, shared by any number of answers. Thread-safe. */
public final class Content {
  private final ByteBuf bytes;

  private Content(ByteBuf bytes) {
    this.bytes = Unpooled.unreleasableBuffer(bytes.asReadOnly());
  }

  /** Takes over {@code bytes}: the caller no longer writes to them. */
  public static Content of(byte[] bytes) {
    return new Content(Unpooled.wrappedBuffer(bytes));
  }

  public static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return bytes.readableBytes();
  }

  /** The bytes to be written, with indexes of their own; releasing them does nothing. */
  public ByteBuf view() {
    return bytes.duplicate();
  }
}
