package dev.tarn.server.admin;

import java.time.Instant;
import java.util.List;

/** What came of having a node forget tags. */
public sealed interface Invalidation {

  /**
   * It knows them no longer.
   *
   * @param reference what was meant, with registry and repository in full
   * @param tags what was known of them; empty where nothing was
   */
  record Done(String reference, List<KnownTag> tags) implements Invalidation {}

  /**
   * A tag that was known.
   *
   * @param digest what it was known to name
   * @param checked when upstream last said so
   */
  record KnownTag(String tag, String digest, Instant checked) {}

  /** Nothing was done, because this is no tag of a registry that is mirrored. */
  record Refused(Reason reason, String message) implements Invalidation {}

  /** Why nothing was done. */
  enum Reason {
    /** It is no image reference. */
    MALFORMED,
    /** It names content by its digest, which nothing makes stale. */
    DIGEST,
    /** Its registry is not mirrored here. */
    NOT_MIRRORED
  }

  /** It is known no longer, but the disk would not let go of it: it may be, after a restart. */
  record Failed(String message) implements Invalidation {}
}
