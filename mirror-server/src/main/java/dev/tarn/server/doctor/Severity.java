package dev.tarn.server.doctor;

import java.util.Locale;

/** How bad it is, from fine to worst. */
public enum Severity {
  /** As it should be. */
  FINE,
  /** It could not be told, or is nobody's fault. */
  NOTE,
  /** Worth looking at before it is worse. */
  ATTENTION,
  /** Pulls suffer. */
  TROUBLE;

  /** The word for it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
