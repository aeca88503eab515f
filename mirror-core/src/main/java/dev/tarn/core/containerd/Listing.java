package dev.tarn.core.containerd;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One reading of containerd's directories, some names at a time. Used by one thread, blocks. */
final class Listing implements Closeable {
  private final ContentDirectory directory;
  private final Iterator<Algorithm> rest = Arrays.asList(Algorithm.values()).iterator();
  private final Set<Digest> unseen;
  private Algorithm algorithm = Algorithm.SHA256;
  private @Nullable DirectoryStream<Path> open;
  private Iterator<Path> names = List.<Path>of().iterator();

  /**
   * Begins a listing.
   *
   * @param known what was known before
   */
  Listing(ContentDirectory directory, Collection<Digest> known) {
    this.directory = directory;
    this.unseen = new HashSet<>(known);
  }

  /**
   * Reads up to so many names.
   *
   * @param digests takes those that are named for one
   * @return whether there are more
   */
  boolean read(int most, Collection<Digest> digests) throws IOException {
    try {
      for (int i = 0; i < most; i++) {
        while (!names.hasNext()) {
          if (!rest.hasNext()) {
            return false;
          }
          algorithm = rest.next();
          open(algorithm);
        }
        ContentDirectory.digest(algorithm, names.next())
            .ifPresent(
                digest -> {
                  unseen.remove(digest);
                  digests.add(digest);
                });
      }
      return true;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void open(Algorithm next) throws IOException {
    close();
    try {
      DirectoryStream<Path> stream = directory.list(next);
      open = stream;
      names = stream.iterator();
    } catch (NoSuchFileException e) {
      // A containerd that holds nothing has no directory for it yet.
      if (!Files.isDirectory(directory.root())) {
        throw e;
      }
    }
  }

  /** What was known and has not been met. */
  Set<Digest> unseen() {
    return unseen;
  }

  @Override
  public void close() throws IOException {
    DirectoryStream<Path> stream = open;
    open = null;
    names = List.<Path>of().iterator();
    if (stream != null) {
      stream.close();
    }
  }
}
