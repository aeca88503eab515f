package dev.tarn.core.proof;

import java.time.Instant;

/**
 * That a registry delivered an object under a repository, or answered 200 for it there.
 *
 * @param mediaType the {@code Content-Type} it came with: a manifest's type is not in its bytes
 * @param size the object's size in bytes
 * @param anonymous whether it came without any credential, so that anybody may read it
 * @param proven when
 */
public record Proof(String mediaType, long size, boolean anonymous, Instant proven) {}
