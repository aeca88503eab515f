package dev.tarn.agent.config;

import java.util.Locale;

/** How events are written. */
public enum LogFormat {
  TEXT,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
