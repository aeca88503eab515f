package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import org.jspecify.annotations.Nullable;

/**
 * A transfer, as it stands.
 *
 * @param size {@link BlobStore#UNKNOWN_SIZE} until it is known
 * @param receivedBytes that are here
 * @param cameBytes that came by this transfer
 * @param source where its first bytes came from; null until they are here
 * @param nanos since it began
 * @param readers clients that read it
 */
public record InFlight(
    Scope scope,
    Digest digest,
    boolean manifest,
    long size,
    long receivedBytes,
    long cameBytes,
    @Nullable Source source,
    long nanos,
    int readers) {}
