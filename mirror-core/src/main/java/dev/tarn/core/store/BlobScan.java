package dev.tarn.core.store;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what complete content lies on disk; blocks for as long as that takes. */
final class BlobScan {
  private static final Logger log = LoggerFactory.getLogger(BlobScan.class);

  private BlobScan() {}

  /** Whether a file of this size can be what it is named for; a crash may leave empty files. */
  static boolean isWhole(Digest digest, long size) {
    return size > 0 || digest.equals(Digest.of(digest.algorithm(), digest.algorithm().newHash()));
  }

  /** All blobs, the longest unused first. */
  static List<IndexedBlob> oldestFirst(StoreLayout layout) {
    List<IndexedBlob> found = new ArrayList<>();
    for (Algorithm algorithm : Algorithm.values()) {
      for (Path directory : list(layout.blobs(algorithm))) {
        for (Path file : list(directory)) {
          found(algorithm, file).ifPresent(found::add);
        }
      }
    }
    found.sort(Comparator.comparingLong(IndexedBlob::touchedMillis));
    return found;
  }

  /** What lies in a directory; what cannot be listed is served all the same, and never evicted. */
  static List<Path> list(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (IOException | DirectoryIteratorException e) {
      log.atWarn().addKeyValue("directory", directory).setCause(e).log("store.scan.failed");
    }
    return entries;
  }

  private static Optional<IndexedBlob> found(Algorithm algorithm, Path file) {
    Optional<Digest> digest = StoreLayout.blobDigest(algorithm, file);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return digest
          .filter(named -> attributes.isRegularFile() && isWhole(named, attributes.size()))
          .map(
              named ->
                  new IndexedBlob(
                      named, attributes.size(), attributes.lastModifiedTime().toMillis()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
