package dev.tarn.e2e.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How bodies pass a relay, on the connection's thread. */
final class Bodies {
  private static final int STEP_BYTES = 64 * 1024;

  private Bodies() {}

  /** Passes a request's body on as it is framed. */
  static void passRequest(Head request, InputStream in, OutputStream out) throws IOException {
    if (request.chunked()) {
      passChunks(in, out);
    } else {
      long left = request.contentLength().orElse(0L);
      byte[] step = new byte[STEP_BYTES];
      while (left > 0) {
        int read = in.read(step, 0, (int) Math.min(step.length, left));
        if (read < 0) {
          throw new IOException("the client ended within its body");
        }
        out.write(step, 0, read);
        left -= read;
      }
    }
  }

  private static void passChunks(InputStream in, OutputStream out) throws IOException {
    while (true) {
      String size = passLine(in, out);
      int length = Integer.parseInt(size.split(";", 2)[0].strip(), 16);
      if (length == 0) {
        break;
      }
      out.write(in.readNBytes(length));
      passLine(in, out);
    }
    String trailer;
    do {
      trailer = passLine(in, out);
    } while (!trailer.isEmpty());
  }

  private static String passLine(InputStream in, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new IOException("the client ended within a chunk");
      }
      line.append((char) next);
    }
    out.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    return line.toString().strip();
  }

  /** Which byte of the object an answer's body starts with. */
  static long firstByte(Head answer) {
    return answer
        .first("Content-Range")
        .filter(range -> range.startsWith("bytes ") && range.contains("-"))
        .map(range -> Long.parseLong(range.substring(6, range.indexOf('-'))))
        .orElse(0L);
  }

  /**
   * Passes an answer's body on, counting, as fast as the faults let it.
   *
   * @param start the offset within the object of the body's first byte
   */
  static void passAnswer(
      InputStream in,
      OutputStream out,
      Optional<Long> length,
      long start,
      Exchange exchange,
      Faults faults)
      throws IOException, InterruptedException {
    long left = length.orElse(Long.MAX_VALUE);
    long offset = start;
    byte[] step = new byte[STEP_BYTES];
    while (left > 0) {
      int wanted = (int) Math.min(step.length, left);
      int room = faults.allowed(exchange, offset, wanted);
      int read = in.read(step, 0, room);
      if (read < 0) {
        if (length.isPresent()) {
          throw new IOException("the origin ended within its body");
        }
        return;
      }
      out.write(step, 0, read);
      exchange.passed(read);
      offset += read;
      left -= read;
      faults.pace(read);
    }
  }
}
