package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Hashes content again that is wanted again so soon after somebody got all of it that what he got
 * may have been wrong: disks change bytes, and a client has no other way to say so. What does not
 * match is given up. Thread-safe; {@link #due} and {@link #served} run on event loops.
 *
 * <p>What many clients want is not hashed for each: after each match it is trusted for longer.
 */
final class Rechecks {
  private static final long SOON_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final long FIRST_TRUST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int LONGER_SHIFT = 2;
  private static final int MOST_SHIFTS = 4;
  private static final int MAX_WATCHED = 16_384;

  private final BlobStore store;
  private final MirrorListener listener;
  private final LongSupplier nanoClock;
  private final SingleFlight<Digest, Said> checks;
  private final Cache<Digest, Watched> watched =
      Caffeine.newBuilder().maximumSize(MAX_WATCHED).executor(Runnable::run).build();

  /** When it was last served, and since when and for how long it is trusted. */
  private record Watched(long servedNanos, long matchedNanos, int matches) {
    boolean trusted(long now) {
      int longer = LONGER_SHIFT * Math.min(matches - 1, MOST_SHIFTS);
      return matches > 0 && now - matchedNanos < FIRST_TRUST_NANOS << longer;
    }
  }

  /** What came of a check. */
  enum Said {
    /** It may be looked for in the store again. */
    DONE,

    /** It takes longer than anybody would wait. */
    OVERDUE
  }

  Rechecks(
      BlobStore store,
      MirrorListener listener,
      Executor executor,
      LongSupplier nanoClock,
      Duration patience) {
    this.store = store;
    this.listener = listener;
    this.nanoClock = nanoClock;
    this.checks = new SingleFlight<>(executor, nanoClock, patience.toNanos(), Said.OVERDUE);
  }

  /** Whether it is to be hashed before all of it is served once more. */
  boolean due(Digest digest) {
    Watched last = watched.getIfPresent(digest);
    long now = nanoClock.getAsLong();
    return last != null && now - last.servedNanos() < SOON_NANOS && !last.trusted(now);
  }

  /** All of it is being served. */
  void served(Digest digest) {
    long now = nanoClock.getAsLong();
    watched
        .asMap()
        .compute(
            digest,
            (key, last) ->
                last == null
                    ? new Watched(now, now, 0)
                    : new Watched(now, last.matchedNanos(), last.matches()));
  }

  /** Hashes it, once for all who ask meanwhile, and gives it up where it does not match. Blocks. */
  Said check(Scope scope, Digest digest) throws InterruptedException {
    return checks.ask(digest, () -> hash(scope, digest));
  }

  private Said hash(Scope scope, Digest digest) {
    boolean matches;
    try (StoredBlob blob = store.open(digest)) {
      if (blob == null) {
        return Said.DONE; // Evicted meanwhile.
      }
      matches = blob.matches();
    } catch (IOException e) {
      listener.trouble("blob_unreadable", scope, digest, String.valueOf(e));
      matches = false;
    }
    if (matches) {
      long now = nanoClock.getAsLong();
      watched
          .asMap()
          .computeIfPresent(
              digest, (key, last) -> new Watched(last.servedNanos(), now, last.matches() + 1));
    } else {
      store.remove(digest);
      listener.corrupt(digest);
      watched.invalidate(digest); // Last: until the file is gone nobody may take it unhashed.
    }
    return Said.DONE;
  }
}
