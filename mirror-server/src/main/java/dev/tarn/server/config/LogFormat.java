package dev.tarn.server.config;

import java.util.Locale;

/** How a log event is written: a line for people, or a JSON object for machines. */
public enum LogFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
