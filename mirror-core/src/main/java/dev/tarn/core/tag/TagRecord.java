package dev.tarn.core.tag;

import dev.tarn.core.digest.Digest;
import java.time.Instant;

/**
 * What upstream said a tag names.
 *
 * @param mediaType the manifest's {@code Content-Type}
 * @param size the manifest's size in bytes
 * @param checked when upstream last said so
 */
public record TagRecord(Digest digest, String mediaType, long size, Instant checked) {}
