package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Tag;
import java.time.Instant;

/**
 * A tag that is known no longer.
 *
 * @param digest what it was known to name
 * @param checked when upstream last said so
 */
public record InvalidatedTag(Tag tag, Digest digest, Instant checked) {}
