package dev.tarn.server.metrics;

import java.util.Locale;

/** What a request asked for. */
public enum Kind {
  MANIFEST,
  BLOB,
  /** Tags or referrers. */
  LISTING,
  /** Tokens of a registry's realm. */
  TOKEN,
  OTHER;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics and logs show. */
  public String label() {
    return label;
  }
}
