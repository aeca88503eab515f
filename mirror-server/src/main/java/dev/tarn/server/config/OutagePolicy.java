package dev.tarn.server.config;

import java.util.Locale;

/** What a registry's clients get while the registry cannot be asked. */
public enum OutagePolicy {
  /** What is here, to whom the registry let have it before; a tag's last known digest. */
  SERVE,
  /** The registry's failure. */
  REFUSE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
