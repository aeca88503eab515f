package dev.tarn.server.config;

import java.util.Locale;

/** How much is logged; each level contains those below it. */
public enum LogLevel {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
