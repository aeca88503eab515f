package dev.tarn.server.certificates;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** One Secret. Blocks; for one thread. */
interface AuthorityStore extends AutoCloseable {
  /** What was found. */
  record Stored(
      Map<String, String> labels, Map<String, String> annotations, Map<String, byte[]> data) {}

  /**
   * The Secret as it is now.
   *
   * @throws IOException where the API server cannot be asked, or refuses; perhaps not for ever
   */
  Optional<Stored> read() throws IOException;

  /**
   * Makes it.
   *
   * @return false where somebody else was first
   */
  boolean create(Map<String, byte[]> data) throws IOException;

  /**
   * Writes what was read last, with other contents.
   *
   * @return false where somebody else wrote it since, or removed it
   */
  boolean update(Map<String, byte[]> data) throws IOException;

  /**
   * Whether what was read last belongs to the Service as it is now, or to nobody; an update makes
   * it so.
   */
  boolean isOwned() throws IOException;

  @Override
  void close();
}
