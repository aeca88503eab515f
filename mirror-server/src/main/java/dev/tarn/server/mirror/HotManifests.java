package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Manifests that were asked for lately, in memory in front of the store. Thread-safe. */
final class HotManifests {
  private static final long MAX_BYTES = 8L * 1024 * 1024;
  private static final int OVERHEAD_BYTES = 1024;

  private final BlobStore store;
  private final MirrorListener listener;
  private final Cache<Digest, HotManifest> manifests;

  HotManifests(BlobStore store, MirrorListener listener) {
    this.store = store;
    this.listener = listener;
    this.manifests =
        Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((Digest digest, HotManifest hot) -> hot.content().length() + OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /** The manifest if it is in memory; for the event loop. */
  @Nullable HotManifest inMemory(Digest digest) {
    return manifests.getIfPresent(digest);
  }

  /** Lets go of a manifest: it is read from the store again, and hashed. */
  void forget(Digest digest) {
    manifests.invalidate(digest);
  }

  HotManifest put(Digest digest, Content content) {
    HotManifest manifest = new HotManifest(digest, content);
    manifests.put(digest, manifest);
    return manifest;
  }

  /** The manifest from memory or from the store, or null where it is in neither; may block. */
  @Nullable HotManifest find(Digest digest) throws IOException {
    HotManifest hot = manifests.getIfPresent(digest);
    if (hot != null) {
      return hot;
    }
    try (StoredBlob blob = store.open(digest)) {
      if (blob == null || blob.size() > ManifestFetcher.MAX_MANIFEST_BYTES) {
        return null;
      }
      byte[] bytes = readAll(blob);
      if (Digest.of(digest.algorithm(), ByteBuffer.wrap(bytes)).equals(digest)) {
        return put(digest, Content.of(bytes));
      }
    }
    store.remove(digest);
    listener.corrupt(digest);
    return null;
  }

  private static byte[] readAll(StoredBlob blob) throws IOException {
    byte[] bytes = new byte[(int) blob.size()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (blob.channel().read(buffer, buffer.position()) < 0) {
        throw new IOException("stored manifest is shorter than its size: " + blob.digest());
      }
    }
    return bytes;
  }
}
