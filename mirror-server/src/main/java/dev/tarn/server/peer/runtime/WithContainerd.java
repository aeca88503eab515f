package dev.tarn.server.peer.runtime;

import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * This node's own store, and behind it containerd's: what arrives goes to the first, what is asked
 * for comes from the first that has it. Thread-safe.
 */
public final class WithContainerd implements BlobFiles {
  private final BlobFiles own;
  private final ContainerdStore containerd;

  /** Borrows both. */
  public WithContainerd(BlobFiles own, ContainerdStore containerd) {
    this.own = own;
    this.containerd = containerd;
  }

  @Override
  public BlobFile create(Digest digest, long size) throws IOException {
    return own.create(digest, size);
  }

  @Override
  public long completeSize(Digest digest) {
    long size = own.completeSize(digest);
    return size == Question.UNKNOWN_SIZE
        ? containerd.sizeOf(digest).orElse(Question.UNKNOWN_SIZE)
        : size;
  }

  @Override
  public @Nullable StoredBlob open(Digest digest) {
    StoredBlob blob = own.open(digest);
    return blob == null ? containerd.open(digest) : blob;
  }

  @Override
  public List<Question.Held> inventory() {
    List<Question.Held> held = new ArrayList<>(own.inventory());
    Set<Digest> there = new HashSet<>();
    held.forEach(blob -> there.add(blob.digest()));
    containerd.forEach(
        (digest, size) -> {
          if (there.add(digest)) {
            held.add(new Question.Held(digest, size));
          }
        });
    return held;
  }
}
