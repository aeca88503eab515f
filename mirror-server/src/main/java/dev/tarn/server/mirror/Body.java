package dev.tarn.server.mirror;

import dev.tarn.core.store.StoredBlob;
import dev.tarn.core.transfer.TransferReader;

/** The body of an answer. Whoever holds one owns what it holds open, and closes it. */
public sealed interface Body extends AutoCloseable {

  @Override
  default void close() {}

  /** No bytes. */
  record None() implements Body {}

  /** Few bytes, in memory. */
  record Bytes(Content content) implements Body {}

  /** The bytes from {@code start} up to {@code end} of a complete blob. */
  record Stored(StoredBlob blob, long start, long end) implements Body {
    @Override
    public void close() {
      blob.close();
    }
  }

  /**
   * The bytes from {@code start} up to {@code end} of content that is still arriving; {@code end}
   * is {@link #UNTIL_THE_END} where the size is not known.
   */
  record Growing(TransferReader reader, long start, long end) implements Body {
    public static final long UNTIL_THE_END = Long.MAX_VALUE;

    @Override
    public void close() {
      reader.close();
    }
  }

  /**
   * Bytes that pass by without being stored, {@code length} of them or, where -1, until they end.
   */
  record Passing(PassingBytes bytes, long length) implements Body {
    @Override
    public void close() {
      bytes.close();
    }
  }
}
