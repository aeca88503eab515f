package dev.tarn.e2e.image;

/** A layer: what is transferred, and the digest of the tar inside. */
public record Layer(Blob blob, String diffId) {}
