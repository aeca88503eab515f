package dev.tarn.server.mirror;

import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.StoredBlob;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What this node's containerd holds, once that is known: read after the node's own store.
 * Thread-safe; no method but {@link #close} blocks for longer than a system call.
 */
public final class SecondSource implements AutoCloseable {
  private volatile @Nullable ContainerdStore containerd;

  /** From now on it is read. */
  public void connect(ContainerdStore store) {
    containerd = store;
  }

  /** The store, where there is one by now. */
  public @Nullable ContainerdStore store() {
    return containerd;
  }

  /** The size of content that may be served. */
  public OptionalLong sizeOf(Digest digest) {
    ContainerdStore store = containerd;
    return store == null ? OptionalLong.empty() : store.sizeOf(digest);
  }

  /** Whether containerd has it, verified or not. */
  public boolean holds(Digest digest) {
    ContainerdStore store = containerd;
    return store != null && store.holds(digest);
  }

  /** The node's own copy is gone: containerd's is to be verified, if there is one. */
  public void want(Digest digest) {
    ContainerdStore store = containerd;
    if (store != null) {
      store.want(digest);
    }
  }

  @Nullable StoredBlob open(Digest digest) {
    ContainerdStore store = containerd;
    return store == null ? null : store.open(digest);
  }

  @Override
  public void close() {
    ContainerdStore store = containerd;
    containerd = null;
    if (store != null) {
      store.close();
    }
  }
}
