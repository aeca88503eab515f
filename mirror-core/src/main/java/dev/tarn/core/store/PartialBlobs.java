package dev.tarn.core.store;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books on partial content: which is being written, and which is kept for a later transfer.
 * Thread-safe; blocks.
 */
final class PartialBlobs {
  private static final Logger log = LoggerFactory.getLogger(PartialBlobs.class);

  private final StoreLayout layout;
  private final Set<Digest> open = new HashSet<>();
  private final Map<Digest, Kept> kept = new HashMap<>();
  private long keptBytes;

  /** Partial content that no transfer is writing to. */
  private record Kept(Digest digest, long bytes, long sinceMillis) {}

  PartialBlobs(StoreLayout layout) {
    this.layout = layout;
  }

  synchronized long keptBytes() {
    return keptBytes;
  }

  /**
   * Notes that a transfer starts to write to this content; what was kept of it is the transfer's.
   *
   * @return the bytes that were known to be kept of it
   */
  synchronized long begin(Digest digest) {
    if (!open.add(digest)) {
      throw new IllegalStateException("a partial of " + digest + " is open already");
    }
    Kept before = kept.remove(digest);
    long bytes = before == null ? 0 : before.bytes();
    keptBytes -= bytes;
    return bytes;
  }

  /** Notes that no transfer writes to this content any more, and that {@code bytes} are kept. */
  synchronized void endKeeping(Digest digest, long bytes, long nowMillis) {
    open.remove(digest);
    add(new Kept(digest, bytes, nowMillis));
  }

  /** Notes that no transfer writes to this content any more, and that nothing is left of it. */
  synchronized void end(Digest digest) {
    open.remove(digest);
  }

  private void add(Kept content) {
    Kept before = kept.put(content.digest(), content);
    keptBytes += content.bytes() - (before == null ? 0 : before.bytes());
  }

  /** Deletes kept content, the oldest first, until at most {@code limitBytes} are kept. */
  synchronized void shrinkTo(long limitBytes) {
    if (keptBytes <= limitBytes) {
      return;
    }
    List<Kept> oldestFirst = new ArrayList<>(kept.values());
    oldestFirst.sort(Comparator.comparingLong(Kept::sinceMillis));
    for (Kept content : oldestFirst) {
      if (keptBytes <= limitBytes) {
        return;
      }
      drop(content);
    }
  }

  /** Deletes what has been kept since before {@code millis}. */
  synchronized void expire(long millis) {
    for (Kept content : List.copyOf(kept.values())) {
      if (content.sinceMillis() < millis) {
        drop(content);
      }
    }
  }

  private void drop(Kept content) {
    kept.remove(content.digest());
    keptBytes -= content.bytes();
    deleteFiles(content.digest());
    log.atDebug()
        .addKeyValue("digest", content.digest())
        .addKeyValue("bytes", content.bytes())
        .log("partial.dropped");
  }

  /** Deletes what there is of this content. */
  void deleteFiles(Digest digest) {
    delete(layout.partialChunks(digest));
    delete(layout.partialData(digest));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).setCause(e).log("partial.delete.failed");
    }
  }

  /** Enters what earlier runs left into the books, and deletes what nothing can be made of. */
  void fill() {
    for (Algorithm algorithm : Algorithm.values()) {
      for (Path file : BlobScan.list(layout.partials(algorithm))) {
        found(algorithm, file);
      }
    }
  }

  private synchronized void found(Algorithm algorithm, Path file) {
    Optional<Digest> digest = StoreLayout.partialDigest(algorithm, file);
    if (digest.isEmpty()) {
      delete(file);
      return;
    }
    if (open.contains(digest.get()) || kept.containsKey(digest.get())) {
      return;
    }
    Path data = layout.partialData(digest.get());
    long bytes =
        Math.min(
            data.toFile().length(),
            ChunkMap.finishedBytes(layout.partialChunks(digest.get()).toFile().length()));
    if (bytes == 0) {
      deleteFiles(digest.get());
    } else {
      add(new Kept(digest.get(), bytes, data.toFile().lastModified()));
    }
  }
}
