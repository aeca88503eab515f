package dev.tarn.core.containerd;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A directory that refuses what a test says, as missing permissions do; root is never refused. */
final class RefusingDirectory extends ContentDirectory {
  final Set<Digest> refused = new HashSet<>();
  boolean refusesListing;

  RefusingDirectory(Path root) {
    super(root);
  }

  @Override
  DirectoryStream<Path> list(Algorithm algorithm) throws IOException {
    if (refusesListing) {
      throw new AccessDeniedException(of(algorithm).toString());
    }
    return super.list(algorithm);
  }

  @Override
  FileChannel open(Digest digest) throws IOException {
    if (refused.contains(digest)) {
      throw new AccessDeniedException(file(digest).toString());
    }
    return super.open(digest);
  }
}
