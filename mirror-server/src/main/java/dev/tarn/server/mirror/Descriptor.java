package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;

/** What content is: its media type, digest and size. A size of -1 is not known yet. */
record Descriptor(String mediaType, Digest digest, long size) {
  static final String BLOB_TYPE = "application/octet-stream";

  static Descriptor blob(Digest digest, long size) {
    return new Descriptor(BLOB_TYPE, digest, size);
  }

  /** Whether it is served as a blob, and so in parts as well. */
  boolean isBlob() {
    return mediaType.equals(BLOB_TYPE);
  }
}
