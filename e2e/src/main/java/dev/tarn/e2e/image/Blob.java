package dev.tarn.e2e.image;

import java.nio.file.Path;

/** Content that a registry holds, as a file here: its type, digest and size. */
public record Blob(String mediaType, String digest, long size, Path file) {}
