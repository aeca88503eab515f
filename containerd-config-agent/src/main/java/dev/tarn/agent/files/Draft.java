package dev.tarn.agent.files;

import java.io.IOException;

/** A file that is being written under a name of ours. */
public interface Draft extends AutoCloseable {
  void write(byte[] content) throws IOException;

  /** What was written outlives a crash of the host. */
  void sync() throws IOException;

  /** Gives the claim up; the file stays. */
  @Override
  void close() throws IOException;
}
