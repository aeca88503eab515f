package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;

/**
 * Hears which of containerd's content may be served. Called in order, on whichever thread found
 * out, with a lock held: it must not block, nor call back.
 */
public interface ContainerdListener {
  /** A blob lies there whose bytes matched its digest. */
  void appeared(Digest digest, long size);

  /** A blob that {@link #appeared} is gone, or is to be hashed again. */
  void vanished(Digest digest);
}
