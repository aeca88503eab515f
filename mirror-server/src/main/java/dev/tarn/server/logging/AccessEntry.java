package dev.tarn.server.logging;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.metrics.Kind;
import dev.tarn.server.metrics.RequestOutcome;
import dev.tarn.server.mirror.Source;
import org.jspecify.annotations.Nullable;

/**
 * A request that is over, as the access log tells it.
 *
 * @param registry null where the request named none that is served
 * @param repository null where the request named none
 * @param reference the tag or digest, or for a listing which one; empty where there is none
 * @param bytes of the body that were sent
 * @param firstByteNanos from the request to the first byte of its answer, negative where none left
 * @param totalNanos from the request to the end of its answer
 * @param client the address that asked
 */
public record AccessEntry(
    String method,
    Kind kind,
    @Nullable RegistryHost registry,
    @Nullable RepositoryName repository,
    String reference,
    int status,
    Source source,
    RequestOutcome outcome,
    long bytes,
    long firstByteNanos,
    long totalNanos,
    String client) {}
