package dev.tarn.server.peer;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What all connections of a {@link PeerEndpoint} share. Thread-safe.
 *
 * @param self this node's name
 * @param uploads how many chunks are being sent
 */
record EndpointParts(
    String self,
    PeerService service,
    PeerSettings settings,
    PeerListener listener,
    Bandwidth bandwidth,
    AtomicInteger uploads,
    LongSupplier nanoClock,
    InstantSource clock) {}
