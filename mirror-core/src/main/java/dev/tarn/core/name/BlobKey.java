package dev.tarn.core.name;

import dev.tarn.core.digest.Digest;

/**
 * A blob, or a manifest, as one registry has it. What nodes give each other is named so, because
 * that another registry delivered the same content gives nobody a right to it here.
 */
public record BlobKey(RegistryHost registry, Digest digest) {
  /** As logs name it. */
  @Override
  public String toString() {
    return registry.value() + "@" + digest;
  }
}
