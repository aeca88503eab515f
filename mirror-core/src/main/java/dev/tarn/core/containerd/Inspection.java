package dev.tarn.core.containerd;

import dev.tarn.core.containerd.KnownBlob.State;
import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at single files and draws the conclusions: what is there, what is gone, what matches.
 * Thread-safe; a look is one system call, hashing blocks.
 *
 * <pre>
 *   (gone) ⇄ found ─ hashed → verified | mismatched     another file under the name: found again
 *              └──── refused → unreadable → found, with the next listing
 * </pre>
 */
final class Inspection {
  private static final Logger log = LoggerFactory.getLogger(Inspection.class);

  private final ContentDirectory directory;
  private final KnownBlobs known;
  private final VerifiedFiles remembered;
  private final LongAdder hashedBytes = new LongAdder();

  /** Whether the log was told that files can't be read: once is enough between two listings. */
  private final AtomicBoolean toldUnreadable = new AtomicBoolean();

  private final AtomicBoolean toldTooMany = new AtomicBoolean();

  Inspection(ContentDirectory directory, KnownBlobs known, VerifiedFiles remembered) {
    this.directory = directory;
    this.known = known;
    this.remembered = remembered;
  }

  long hashedBytes() {
    return hashedBytes.sum();
  }

  /** Sees what lies under the name; null where that is nothing that could be served. */
  @Nullable KnownBlob look(Digest digest) {
    FileIdentity identity = identity(digest);
    if (identity == null) {
      known.remove(digest);
      return null;
    }
    State state = identity.equals(remembered.find(digest)) ? State.VERIFIED : State.FOUND;
    KnownBlob blob = known.found(new KnownBlob(digest, identity, state));
    if (blob == null && toldTooMany.compareAndSet(false, true)) {
      log.atWarn().addKeyValue("limit", KnownBlobs.MAX_BLOBS).log("containerd.blobs.too_many");
    }
    return blob;
  }

  private @Nullable FileIdentity identity(Digest digest) {
    try {
      return directory.identity(digest);
    } catch (IOException e) {
      log.atDebug().addKeyValue("digest", digest).setCause(e).log("containerd.blob.hidden");
      return null;
    }
  }

  /** Whether the name still stands for the file that is known. */
  boolean unchanged(KnownBlob blob) {
    return blob.identity().equals(identity(blob.digest()));
  }

  /** Begins to hash a file; null where it cannot be opened, which is then known. */
  @Nullable BlobHash begin(KnownBlob blob) {
    try {
      if (unchanged(blob)) {
        return BlobHash.open(directory, blob);
      }
      KnownBlob _ = look(blob.digest());
    } catch (IOException e) {
      failed(blob, e);
    }
    return null;
  }

  /** Hashes the next piece; false where that was the last. */
  boolean next(BlobHash hash) {
    long before = hash.done();
    try {
      return switch (hash.next()) {
        case BlobHash.Progress.More _ -> true;
        case BlobHash.Progress.Matches _ -> {
          matched(hash.blob());
          yield false;
        }
        case BlobHash.Progress.Differs _ -> {
          differs(hash.blob());
          yield false;
        }
        case BlobHash.Progress.Changed _ -> {
          KnownBlob _ = look(hash.blob().digest());
          yield false;
        }
      };
    } catch (IOException e) {
      failed(hash.blob(), e);
      return false;
    } finally {
      hashedBytes.add(hash.done() - before);
    }
  }

  private void matched(KnownBlob blob) {
    if (known.replace(blob, blob.with(State.VERIFIED))) {
      remembered.remember(blob.digest(), blob.identity());
    }
  }

  private void differs(KnownBlob blob) {
    if (known.replace(blob, blob.with(State.MISMATCHED))) {
      log.atWarn()
          .addKeyValue("digest", blob.digest())
          .addKeyValue("bytes", blob.identity().size())
          .log("containerd.blob.mismatched");
    }
  }

  /** The file could not be opened or read. */
  void failed(KnownBlob blob, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      KnownBlob _ = look(blob.digest());
    } else if (known.replace(blob, blob.with(State.UNREADABLE))
        && toldUnreadable.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("digest", blob.digest())
          .setCause(cause)
          .log("containerd.blob.unreadable");
    }
  }

  /** A listing is over: what could not be read may be tried, and complained about, again. */
  void tryAgain() {
    toldUnreadable.set(false);
    for (KnownBlob blob : known.all()) {
      if (blob.state() == State.UNREADABLE) {
        boolean matched = blob.identity().equals(remembered.find(blob.digest()));
        boolean _ = known.replace(blob, blob.with(matched ? State.VERIFIED : State.FOUND));
      }
    }
  }

  /** What matched once is to be hashed again before it is served; false where it is not known. */
  boolean distrust(Digest digest) {
    remembered.forget(digest);
    KnownBlob blob = known.get(digest);
    return blob != null && known.replace(blob, blob.with(State.FOUND));
  }
}
