package dev.tarn.server;

import java.util.Locale;

/** How a command shows what it has to show. */
enum OutputFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
