package dev.tarn.core.store;

/**
 * What the store holds at one moment.
 *
 * @param blobs complete blobs
 * @param bytes bytes of complete blobs
 * @param partialBytes bytes of partial content, in flight or kept
 * @param evictedBlobs blobs evicted since start
 * @param evictedBytes bytes evicted since start
 * @param limitBytes what complete content may take now: the configured limit, or less where the
 *     file system's free space demands it
 * @param squeezed whether the file system is so full that no more than the reserve for transfers in
 *     flight is left to the store
 */
public record StoreStatistics(
    long blobs,
    long bytes,
    long partialBytes,
    long evictedBlobs,
    long evictedBytes,
    long limitBytes,
    boolean squeezed) {}
