package dev.tarn.e2e.check;

/** What a case found to be otherwise than it must be; its message is the reason that is printed. */
public final class CaseFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CaseFailed(String reason) {
    super(reason);
  }
}
