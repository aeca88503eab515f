package dev.tarn.server.status;

/**
 * What happened in some time.
 *
 * @param seconds how long that was
 */
public record Period(Figures figures, long seconds) {}
