package dev.tarn.core.containerd;

import dev.tarn.core.containerd.KnownBlob.State;
import dev.tarn.core.digest.Digest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of containerd's files, and the only one who tells the listener. Thread-safe; does
 * no I/O. Looking up takes no lock.
 */
final class KnownBlobs {
  /** More than a node holds; what is beyond is not known, and so not served. */
  static final int MAX_BLOBS = 200_000;

  /** How many there are of a state, and their bytes. */
  private record Sum(long blobs, long bytes) {
    static final Sum NONE = new Sum(0, 0);

    Sum plus(int sign, long size) {
      return new Sum(blobs + sign, bytes + sign * size);
    }
  }

  private final Map<Digest, KnownBlob> blobs = new ConcurrentHashMap<>();
  private final ContainerdListener listener;

  /** Guarded by this. */
  private final Map<State, Sum> sums = new EnumMap<>(State.class);

  KnownBlobs(ContainerdListener listener) {
    this.listener = listener;
  }

  @Nullable KnownBlob get(Digest digest) {
    return blobs.get(digest);
  }

  /** All of them; those that come or go meanwhile may be among them or not. */
  List<KnownBlob> all() {
    return new ArrayList<>(blobs.values());
  }

  /**
   * Notes what lies under a name, unless just that is known already.
   *
   * @return what is known then; null where there are too many
   */
  synchronized @Nullable KnownBlob found(KnownBlob found) {
    KnownBlob before = blobs.get(found.digest());
    if (before != null && before.identity().equals(found.identity())) {
      return before;
    }
    if (before == null && blobs.size() >= MAX_BLOBS) {
      return null;
    }
    blobs.put(found.digest(), found);
    changed(before, found);
    return found;
  }

  /**
   * Puts {@code now} in the place of exactly {@code before}; false where something else is there.
   */
  synchronized boolean replace(KnownBlob before, KnownBlob now) {
    if (!before.equals(blobs.get(before.digest()))) {
      return false;
    }
    blobs.put(now.digest(), now);
    changed(before, now);
    return true;
  }

  synchronized void remove(Digest digest) {
    KnownBlob before = blobs.remove(digest);
    changed(before, null);
  }

  private void changed(@Nullable KnownBlob before, @Nullable KnownBlob now) {
    count(before, -1);
    count(now, 1);
    KnownBlob served = before != null && before.verified() ? before : null;
    KnownBlob serving = now != null && now.verified() ? now : null;
    if (served != null && serving == null) {
      listener.vanished(served.digest());
    } else if (serving != null && served == null) {
      listener.appeared(serving.digest(), serving.identity().size());
    }
  }

  private void count(@Nullable KnownBlob blob, int sign) {
    if (blob != null) {
      Sum sum = sums.getOrDefault(blob.state(), Sum.NONE);
      sums.put(blob.state(), sum.plus(sign, blob.identity().size()));
    }
  }

  synchronized long count(State state) {
    return sums.getOrDefault(state, Sum.NONE).blobs();
  }

  synchronized long bytes(State state) {
    return sums.getOrDefault(state, Sum.NONE).bytes();
  }

  synchronized long bytes() {
    return sums.values().stream().mapToLong(Sum::bytes).sum();
  }

  int size() {
    return blobs.size();
  }
}
