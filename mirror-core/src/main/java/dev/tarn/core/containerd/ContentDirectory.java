package dev.tarn.core.containerd;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one class that knows how containerd lays its content out: {@code <algorithm>/<hex>}, complete
 * content and nothing else. Immutable; opens for reading, and nothing else.
 */
class ContentDirectory {
  /** No layer is larger; a file that is would keep all others from being hashed. */
  static final long MAX_BLOB_BYTES = 64L << 30;

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final Path root;
  private final Map<Algorithm, String> prefixes = new EnumMap<>(Algorithm.class);

  ContentDirectory(Path root) {
    this.root = root;
    for (Algorithm algorithm : Algorithm.values()) {
      prefixes.put(algorithm, of(algorithm) + "/");
    }
  }

  Path root() {
    return root;
  }

  /** The directory of all content of one algorithm. */
  Path of(Algorithm algorithm) {
    return root.resolve(algorithm.label());
  }

  Path file(Digest digest) {
    return Path.of(prefixes.get(digest.algorithm()) + digest.hex());
  }

  /** The digest that a file is named for; empty where it is named for none. */
  static Optional<Digest> digest(Algorithm algorithm, Path file) {
    return Digest.parse(algorithm.label() + ":" + file.getFileName());
  }

  /** What lies there under a digest's name, if it is a file that can be content. */
  @Nullable FileIdentity identity(Digest digest) throws IOException {
    FileIdentity identity = FileIdentity.of(file(digest));
    return identity == null || identity.size() > MAX_BLOB_BYTES ? null : identity;
  }

  /** Lists what lies there of one algorithm, whatever it is. The caller closes it. */
  @SuppressWarnings("StreamResourceLeak")
  DirectoryStream<Path> list(Algorithm algorithm) throws IOException {
    return Files.newDirectoryStream(of(algorithm));
  }

  /** Opens a file that {@link #identity} saw, so that it is neither a link nor a pipe. */
  FileChannel open(Digest digest) throws IOException {
    return FileChannel.open(file(digest), READ);
  }
}
