package dev.tarn.server.testing;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;

/** Blobs of {@link MirrorFixture}'s registry. */
public final class Keys {
  private static final RegistryHost REGISTRY = new RegistryHost(MirrorFixture.REGISTRY);

  private Keys() {}

  public static BlobKey of(Digest digest) {
    return new BlobKey(REGISTRY, digest);
  }

  public static BlobKey of(byte[] content) {
    return of(Digest.sha256(content));
  }

  public static BlobKey of(String content) {
    return of(Digest.sha256(content));
  }
}
