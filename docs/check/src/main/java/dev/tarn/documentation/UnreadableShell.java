package dev.tarn.documentation;

/** A command that {@link Shell} cannot read. */
public final class UnreadableShell extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final boolean unfinished;

  UnreadableShell(String message, boolean unfinished) {
    super(message);
    this.unfinished = unfinished;
  }

  /** Whether it might be read with another line behind it. */
  boolean isUnfinished() {
    return unfinished;
  }
}
