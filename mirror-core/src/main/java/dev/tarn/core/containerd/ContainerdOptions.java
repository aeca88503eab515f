package dev.tarn.core.containerd;

import dev.tarn.core.digest.Digest;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * Where containerd's content lies, and what is remembered of it.
 *
 * @param blobs containerd's {@code …/io.containerd.content.v1.content/blobs}
 * @param remembered a file of Tarn's own that keeps across restarts which files matched
 * @param ownCopy whether Tarn's own store holds a blob, which then need not be hashed here; asked
 *     on the inventory's thread
 */
public record ContainerdOptions(Path blobs, Path remembered, Predicate<Digest> ownCopy) {}
