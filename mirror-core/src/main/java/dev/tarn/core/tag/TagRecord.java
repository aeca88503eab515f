package dev.tarn.core.tag;

import dev.tarn.core.digest.Digest;
import java.time.Instant;

/**
 * What upstream said a tag names.
 *
 * @param mediaType the manifest's {@code Content-Type}
 * @param size the manifest's size in bytes
 * @param checked when upstream last said so
 * @param full whether it is all that the tag names: registries give who does not say that it takes
 *     manifest lists the manifest of one platform instead
 */
public record TagRecord(
    Digest digest, String mediaType, long size, Instant checked, boolean full) {}
