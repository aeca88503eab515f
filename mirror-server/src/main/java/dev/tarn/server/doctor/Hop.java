package dev.tarn.server.doctor;

import java.time.Duration;

/**
 * One request of a pull, and what came of it.
 *
 * @param what such as {@code tag 3.22}
 * @param status 0 where there was no answer
 * @param source where the content came from, by the answer's Cache-Status, or why there is none
 */
public record Hop(
    String method, String what, int status, String source, long bytes, Duration time) {}
