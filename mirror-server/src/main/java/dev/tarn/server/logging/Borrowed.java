package dev.tarn.server.logging;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A stream whose end is flushed, not closed: standard output is not Logback's to close. */
final class Borrowed extends FilterOutputStream {
  Borrowed(OutputStream stream) {
    super(stream);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
