package dev.tarn.e2e.agent;

import java.util.Locale;

/** What the agent says of whether containerd comes to the mirror. */
enum Says {
  EFFECTIVE,
  INEFFECTIVE,
  UNKNOWN,
  /** It would, but what stands there is left alone. */
  PARTIAL,
  /** It does not run, or has not looked yet. */
  NOTHING;

  @Override
  public String toString() {
    return this == NOTHING ? "–" : name().toLowerCase(Locale.ROOT);
  }
}
