package dev.tarn.core.access;

/** How a registry stands, as to whether it can be asked. */
public enum Standing {
  /** It can be asked: only what it said lately counts. */
  ANSWERS,

  /** It does not want to be asked for now. */
  RATE_LIMITED,

  /** It cannot be reached, or says nothing usable. */
  AWAY
}
