package dev.tarn.server.peer;

import dev.tarn.server.net.Transport;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What the endpoint and the client run on.
 *
 * @param workers threads that may block
 * @param nanoClock a monotonic clock in nanoseconds
 */
public record PeerSurroundings(
    Transport transport, Executor workers, LongSupplier nanoClock, InstantSource clock) {}
