package dev.tarn.server.status;

/**
 * Something that is wrong, and what to do about it.
 *
 * @param severity never {@link Verdict#FINE}
 * @param subject what it is about, where a node can have several such findings; else empty
 * @param text what it is, for people
 * @param fix what to do, for people
 */
public record Finding(
    Verdict severity, FindingCode code, String subject, String text, String fix) {}
