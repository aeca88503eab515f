package dev.tarn.server.mirror;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Few bytes that are never changed, shared by any number of answers. Thread-safe. */
public final class Content {
  private final byte[] bytes;

  private Content(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes over {@code bytes}: the caller no longer writes to them. */
  public static Content of(byte[] bytes) {
    return new Content(bytes);
  }

  public static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return bytes.length;
  }

  /** Copies the bytes to the end of {@code buffer}, which stays the caller's. */
  public void writeTo(ByteBuf buffer) {
    buffer.writeBytes(bytes);
  }
}
