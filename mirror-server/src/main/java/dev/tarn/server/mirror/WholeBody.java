package dev.tarn.server.mirror;

import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Reads small bodies of upstream into memory, up to a bound. */
final class WholeBody {
  private WholeBody() {}

  /**
   * All bytes of {@code content}, which stays the caller's to close.
   *
   * @throws IOException where it breaks off or has more than {@code maxBytes}
   */
  static byte[] read(UpstreamContent content, int maxBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuf next = content.next(); next != null; next = content.next()) {
      try {
        if (bytes.size() + next.readableBytes() > maxBytes) {
          throw new IOException("larger than " + maxBytes + " bytes");
        }
        next.readBytes(bytes, next.readableBytes());
      } finally {
        next.release();
      }
    }
    return bytes.toByteArray();
  }
}
