package dev.tarn.server.metrics;

import java.util.Locale;

/** Why a request to an upstream has no status. */
public enum UpstreamFailure {
  CONNECT,
  TIMEOUT,
  TLS,
  /** The connection broke: no answer, or a body that ended before its length. */
  BROKEN,
  PROTOCOL,
  /** It led to an address that is not to be dialled. */
  FORBIDDEN_TARGET;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics show where others have a status. */
  public String label() {
    return label;
  }
}
