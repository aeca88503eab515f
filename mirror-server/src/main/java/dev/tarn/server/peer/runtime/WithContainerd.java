package dev.tarn.server.peer.runtime;

import dev.tarn.core.containerd.ContainerdStore;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.planner.Event;
import dev.tarn.core.planner.Question;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * This node's own store, and behind it containerd's: what arrives goes to the first, what is asked
 * for comes from the first that has it. Thread-safe.
 */
public final class WithContainerd implements BlobFiles {
  private final BlobFiles own;
  private final ContainerdStore containerd;
  private final Predicate<BlobKey> delivered;

  /**
   * Borrows both stores.
   *
   * @param delivered whether the key's registry is known to have delivered it: containerd tells
   *     nobody where its content comes from
   */
  public WithContainerd(BlobFiles own, ContainerdStore containerd, Predicate<BlobKey> delivered) {
    this.own = own;
    this.containerd = containerd;
    this.delivered = delivered;
  }

  @Override
  public BlobFile create(BlobKey key, long size) throws IOException {
    return own.create(key, size);
  }

  @Override
  public long completeSize(BlobKey key) {
    long size = own.completeSize(key);
    return size == Question.UNKNOWN_SIZE && delivered.test(key)
        ? containerd.sizeOf(key.digest()).orElse(Question.UNKNOWN_SIZE)
        : size;
  }

  @Override
  public @Nullable StoredBlob open(BlobKey key) {
    StoredBlob blob = own.open(key);
    return blob == null && delivered.test(key) ? containerd.open(key.digest()) : blob;
  }

  @Override
  public List<Event.Content> inventory() {
    List<Event.Content> held = new ArrayList<>(own.inventory());
    Set<Digest> there = new HashSet<>();
    held.forEach(content -> there.add(content.digest()));
    containerd.forEach(
        (digest, size) -> {
          if (there.add(digest)) {
            held.add(new Event.Content(digest, size));
          }
        });
    return held;
  }

  @Override
  public List<BlobKey> keys(Digest digest) {
    return own.keys(digest);
  }

  @Override
  public TagDesk tags() {
    return own.tags();
  }

  @Override
  public Vouchers vouchers() {
    return own.vouchers();
  }
}
