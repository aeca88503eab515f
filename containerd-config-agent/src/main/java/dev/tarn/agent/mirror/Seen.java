package dev.tarn.agent.mirror;

import dev.tarn.core.name.RegistryHost;

/**
 * That a containerd asked the mirror for a registry.
 *
 * @param count how often, since the mirror's start
 * @param secondsAgo how long ago the last time was
 * @param userAgent what it called itself, without control characters
 */
public record Seen(RegistryHost registry, long count, long secondsAgo, String userAgent) {}
