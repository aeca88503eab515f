package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;

/** What is known of one file that is named for a digest. Immutable. */
record KnownBlob(Digest digest, FileIdentity identity, State state) {
  /** Whether its bytes are what its name says. */
  enum State {
    /** Not looked at yet. */
    FOUND,
    VERIFIED,
    MISMATCHED,
    /** It could not be read; to be tried again. */
    UNREADABLE
  }

  boolean verified() {
    return state == State.VERIFIED;
  }

  KnownBlob with(State now) {
    return new KnownBlob(digest, identity, now);
  }
}
