package dev.tarn.core.store;

import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Content-addressed content on this node's disk. Thread-safe.
 *
 * <p>What {@link #open} hands out matched its digest before it was published; partial content is
 * never seen there. Look-ups cost one system call and may run on an event loop; everything that
 * writes runs on a thread that may block.
 */
public interface BlobStore extends Closeable {

  /** The size that stands for "upstream named none". */
  long UNKNOWN_SIZE = -1;

  /** Opens complete content for reading, or answers null where it is not here. */
  @Nullable StoredBlob open(Digest digest);

  /** The size of complete content, without opening it. */
  OptionalLong sizeOf(Digest digest);

  /** The whole content's size where an earlier transfer left a part of it that can be resumed. */
  OptionalLong partialSize(Digest digest);

  /**
   * Makes room for content that is about to arrive, resuming what an earlier transfer left. At most
   * one partial of a digest is open at a time; the caller sees to that.
   *
   * @param size the whole content's size as upstream's {@code Content-Length} or a verified copy
   *     gave it, or {@link #UNKNOWN_SIZE}
   */
  Admission admit(Digest digest, long size) throws IOException;

  /** Stores small content, such as a manifest, whose bytes the caller has verified. */
  void put(Digest digest, ByteBuffer content) throws IOException;

  /** Takes content out; open readers go on undisturbed. Does nothing where it is not here. */
  void remove(Digest digest);

  /** Tells every complete blob and its size, as far as they have been found by now. */
  void forEach(ObjLongConsumer<Digest> blob);

  /** A snapshot of what the store holds, for metrics. */
  StoreStatistics statistics();

  /** Whether content that is about to arrive may be stored. */
  sealed interface Admission {
    /** There is room; the caller owns the partial. */
    record Admitted(PartialBlob partial) implements Admission {}

    /** There is none, even after eviction: stream on without storing. */
    record NoRoom() implements Admission {}
  }
}
