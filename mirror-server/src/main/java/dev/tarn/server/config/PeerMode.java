package dev.tarn.server.config;

import java.util.Locale;

/** Where a node learns of the others. */
public enum PeerMode {
  /** It does not: it is alone. */
  NONE,
  /** From a list in the configuration. */
  STATIC,
  /** From the addresses of a name. */
  DNS,
  /** From the EndpointSlices of a headless Service. */
  KUBERNETES;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
