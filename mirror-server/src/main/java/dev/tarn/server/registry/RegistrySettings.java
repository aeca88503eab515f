package dev.tarn.server.registry;

import java.time.Duration;

/**
 * Limits of the registry endpoint.
 *
 * @param headerTimeout time to response headers, then 504
 * @param stallTimeout time without a byte of a body having come, then FIN
 * @param idleTimeout time between requests, or without a client taking a byte, then the connection
 *     is closed
 */
public record RegistrySettings(
    int maxConnections, Duration headerTimeout, Duration stallTimeout, Duration idleTimeout) {
  static final int MAX_REQUEST_LINE_BYTES = 4096;
  static final int MAX_HEADER_BYTES = 32 * 1024;
  static final int MAX_REQUEST_BODY_BYTES = 64 * 1024;
  static final int MAX_FORM_BYTES = 32 * 1024;
  static final int MAX_PIPELINED_REQUESTS = 16;
  static final int MAX_READ_BYTES = 8 * 1024;
  static final Duration LINGER = Duration.ofSeconds(2);
}
