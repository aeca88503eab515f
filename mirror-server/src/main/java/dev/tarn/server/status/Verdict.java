package dev.tarn.server.status;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Whether it is fine; the later the worse. */
public enum Verdict {
  FINE,
  /** Something is to be looked at, while pulls go on. */
  ATTENTION,
  /** Pulls fail, or go past this node, or are about to. */
  TROUBLE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The word for it. */
  public String label() {
    return label;
  }

  /** The one of that word. */
  static Optional<Verdict> ofLabel(String label) {
    return Arrays.stream(values()).filter(verdict -> verdict.label.equals(label)).findFirst();
  }

  /** The worse of the two. */
  public Verdict or(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** What these findings come to. */
  public static Verdict of(Collection<Finding> findings) {
    return findings.stream().map(Finding::severity).reduce(FINE, Verdict::or);
  }
}
