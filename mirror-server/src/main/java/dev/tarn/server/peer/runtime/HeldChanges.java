package dev.tarn.server.peer.runtime;

import dev.tarn.core.containerd.ContainerdListener;
import dev.tarn.core.digest.Digest;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells the planner what this node holds now and what no more, where a blob may lie in its own
 * store, in containerd's, or in both: only what changes for others is told. Thread-safe; blocks for
 * a system call at most.
 */
public final class HeldChanges implements ContainerdListener {
  /** Who is told; both must not block. */
  private record Told(ObjLongConsumer<Digest> stored, Consumer<Digest> evicted) {}

  private final Predicate<Digest> ownHolds;
  private volatile @Nullable Told told;

  /**
   * Tells nobody yet.
   *
   * @param ownHolds whether the node's own store has a blob
   */
  public HeldChanges(Predicate<Digest> ownHolds) {
    this.ownHolds = ownHolds;
  }

  /** From now on tells these, as a rule {@link PeerRuntime#stored} and {@code evicted}. */
  public void tell(ObjLongConsumer<Digest> stored, Consumer<Digest> evicted) {
    told = new Told(stored, evicted);
  }

  @Override
  public void appeared(Digest digest, long size) {
    Told now = told;
    if (now != null && !ownHolds.test(digest)) {
      now.stored().accept(digest, size);
    }
  }

  @Override
  public void vanished(Digest digest) {
    Told now = told;
    if (now != null && !ownHolds.test(digest)) {
      now.evicted().accept(digest);
    }
  }

  /**
   * The node's own store gave a blob up.
   *
   * @param elsewhere whether containerd's copy may be served
   */
  public void ownGone(Digest digest, boolean elsewhere) {
    Told now = told;
    if (now != null && !elsewhere) {
      now.evicted().accept(digest);
    }
  }
}
