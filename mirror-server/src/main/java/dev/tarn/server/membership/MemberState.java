package dev.tarn.server.membership;

import java.util.Locale;

/** What this node thinks of a member, as the metrics tell it. */
public enum MemberState {
  /** Ready by its source's word, and nothing is held against it here. */
  READY,
  /** Not ready, or terminating, by its source's word. */
  NOT_READY,
  /** It failed or stalled this node, and is not asked for a while. */
  AVOIDED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value that metrics show. */
  public String label() {
    return label;
  }
}
