package dev.tarn.server.upstream;

import dev.tarn.core.digest.Digest;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A 200 or 206 of an upstream registry, its headers read and its body still to come. Used by one
 * virtual thread.
 */
public interface UpstreamContent extends AutoCloseable {

  /** The {@code Content-Type}, or an empty string. */
  String mediaType();

  /** The size of the whole content, not of this part; -1 where upstream did not say. */
  long totalSize();

  /** The offset that the first body byte has in the whole content. */
  long offset();

  /** {@code Docker-Content-Digest}, where upstream sent one that parses. */
  Optional<Digest> digest();

  /** The {@code Link} header, or empty. */
  Optional<String> link();

  /** Another header's first value, such as {@code OCI-Filters-Applied}. */
  Optional<String> header(String name);

  /** Whether it came without the caller's credential. */
  boolean anonymous();

  /**
   * Waits for the next bytes; null at the end of the body. The caller owns the buffer and releases
   * it.
   *
   * @throws IOException where the body broke, stalled, or ended before its length
   */
  @Nullable ByteBuf next() throws IOException;

  /** Gives the connection back where the body was read to its end, else closes it. Idempotent. */
  @Override
  void close();
}
