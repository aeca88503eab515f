package dev.tarn.core.store;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one class that knows where things lie on disk. Thread-safe; immutable but for a counter.
 *
 * <pre>
 * lock                              held by the one process that uses the store
 * blobs/&lt;algorithm&gt;/&lt;first 2&gt;/&lt;hex&gt;   complete content, and nothing else
 * partial/&lt;algorithm&gt;/&lt;hex&gt;.data     content that is arriving, or was
 * partial/&lt;algorithm&gt;/&lt;hex&gt;.chunks   its chunk map
 * tmp/&lt;run&gt;/&lt;number&gt;                what is being written or deleted by this run of the process
 * </pre>
 *
 * Only typed values become paths.
 */
final class StoreLayout {
  static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
  private static final String DATA = ".data";
  private static final String CHUNKS = ".chunks";

  private final Path root;
  private final Path temporaries;
  private final Map<Algorithm, String> blobPrefixes = new EnumMap<>(Algorithm.class);
  private final AtomicLong nextTemporary = new AtomicLong();

  private StoreLayout(Path root, long run) {
    this.root = root;
    this.temporaries = temporariesRoot(root).resolve(Long.toString(run));
    for (Algorithm algorithm : Algorithm.values()) {
      blobPrefixes.put(algorithm, blobs(algorithm) + "/");
    }
  }

  /** Creates the directories that are missing, and a fresh one for this run's temporary files. */
  static StoreLayout create(Path root) throws IOException {
    Path temporaries = temporariesRoot(root);
    Files.createDirectories(temporaries, DIRECTORY_MODE);
    long lastRun = -1;
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(temporaries)) {
      for (Path run : runs) {
        lastRun = Math.max(lastRun, runNumber(run));
      }
    }
    StoreLayout layout = new StoreLayout(root, lastRun + 1);
    Files.createDirectory(layout.temporaries, DIRECTORY_MODE);
    for (Algorithm algorithm : Algorithm.values()) {
      Files.createDirectories(layout.blobs(algorithm), DIRECTORY_MODE);
      Files.createDirectories(layout.partials(algorithm), DIRECTORY_MODE);
    }
    return layout;
  }

  private static long runNumber(Path run) {
    try {
      return Long.parseLong(run.getFileName().toString());
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private static Path temporariesRoot(Path root) {
    return root.resolve("tmp");
  }

  static Path lock(Path root) {
    return root.resolve("lock");
  }

  Path root() {
    return root;
  }

  /** The directory of all complete content of one algorithm. */
  Path blobs(Algorithm algorithm) {
    return root.resolve("blobs").resolve(algorithm.label());
  }

  /** The directory of complete content that {@link #blob} lies in. */
  Path blobDirectory(Digest digest) {
    return blobs(digest.algorithm()).resolve(digest.hex().substring(0, 2));
  }

  /** The file of complete content. */
  Path blob(Digest digest) {
    String hex = digest.hex();
    return Path.of(
        blobPrefixes.get(digest.algorithm()) + hex.charAt(0) + hex.charAt(1) + '/' + hex);
  }

  /** The directory of all partial content of one algorithm. */
  Path partials(Algorithm algorithm) {
    return root.resolve("partial").resolve(algorithm.label());
  }

  Path partialData(Digest digest) {
    return partials(digest.algorithm()).resolve(digest.hex() + DATA);
  }

  Path partialChunks(Digest digest) {
    return partials(digest.algorithm()).resolve(digest.hex() + CHUNKS);
  }

  /** The digest whose complete content {@code file} is named for. */
  static Optional<Digest> blobDigest(Algorithm algorithm, Path file) {
    return Digest.parse(algorithm.label() + ":" + file.getFileName());
  }

  /** The digest whose partial content, or chunk map, {@code file} is. */
  static Optional<Digest> partialDigest(Algorithm algorithm, Path file) {
    String name = file.getFileName().toString();
    for (String ending : List.of(DATA, CHUNKS)) {
      if (name.endsWith(ending)) {
        String hex = name.substring(0, name.length() - ending.length());
        return Digest.parse(algorithm.label() + ":" + hex);
      }
    }
    return Optional.empty();
  }

  /** A name that nothing has. */
  Path newTemporary() {
    return temporaries.resolve(Long.toString(nextTemporary.getAndIncrement()));
  }

  /** Deletes what earlier runs left of their temporary files. */
  void deleteOldTemporaries() throws IOException {
    try (DirectoryStream<Path> runs = Files.newDirectoryStream(temporariesRoot(root))) {
      for (Path run : runs) {
        if (!run.equals(temporaries)) {
          deleteRun(run);
        }
      }
    }
  }

  /** Deletes this run's temporary files. */
  void deleteTemporaries() throws IOException {
    deleteRun(temporaries);
  }

  private static void deleteRun(Path run) throws IOException {
    if (Files.isDirectory(run)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(run)) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(run);
  }
}
