package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.Tag;

/**
 * Is told what happens inside the mirror, for metrics and logs; on any thread, and never blocks.
 */
public interface MirrorListener {
  /** A listener that nobody asked for. */
  MirrorListener NONE = new MirrorListener() {};

  /** Bytes came from {@code source}. */
  default void fetched(RegistryHost registry, Source source, long bytes) {}

  /** A tag was answered from what was last known. */
  default void stale(Scope scope, Tag tag, String why) {}

  /** That digest of the tag was what other nodes said. */
  default void byWitnesses(Scope scope, Tag tag, Digest digest) {}

  /** There was no room: a blob is passed on to one client, and nothing of it is kept. */
  default void unkept(Digest digest) {}

  /** The bytes of what is here changed on disk; it was given up. */
  default void corrupt(Digest digest) {}

  /** A transfer ended before its content was complete; or something was not as it must be. */
  default void trouble(String event, Scope scope, Object subject, String why) {}
}
