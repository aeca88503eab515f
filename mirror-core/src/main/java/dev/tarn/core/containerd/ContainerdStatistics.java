package dev.tarn.core.containerd;

/**
 * What is known of containerd's content at one moment.
 *
 * @param readable whether its directory could be listed the last time
 * @param watched whether its changes are told, not only found by listing
 * @param blobs files that are named for a digest
 * @param bytes their bytes
 * @param verifiedBlobs those whose bytes matched, which are served
 * @param verifiedBytes their bytes
 * @param mismatchedBlobs those whose bytes are not what their name says
 * @param unreadableBlobs those that could not be read
 * @param hashedBytes bytes hashed since start
 * @param scans listings since start
 * @param opened times that a blob was opened to be served since start
 */
public record ContainerdStatistics(
    boolean readable,
    boolean watched,
    long blobs,
    long bytes,
    long verifiedBlobs,
    long verifiedBytes,
    long mismatchedBlobs,
    long unreadableBlobs,
    long hashedBytes,
    long scans,
    long opened) {}
