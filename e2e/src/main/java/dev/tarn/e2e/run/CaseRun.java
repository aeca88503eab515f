package dev.tarn.e2e.run;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Workspace;
import java.util.LinkedHashMap;
import java.util.Map;

/** One run of one case: where it works, what it measured, and the checks it makes. */
public final class CaseRun {
  private final Workspace workspace;
  private final Map<String, Object> figures = new LinkedHashMap<>();

  public CaseRun(Workspace workspace) {
    this.workspace = workspace;
  }

  /** A directory and a list of what to close, both the case's own. */
  public Workspace workspace() {
    return workspace;
  }

  /** Notes a figure for the RESULT line. */
  public synchronized void figure(String name, Number value) {
    figures.put(name, value);
  }

  /** A copy of what was noted so far. */
  public synchronized Map<String, Object> figures() {
    return new LinkedHashMap<>(figures);
  }

  /** Fails the case unless the condition holds. */
  public void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new CaseFailed(otherwise);
    }
  }

  /** Fails the case unless the value is what it must be. */
  public void checkEquals(String what, long expected, long actual) {
    check(expected == actual, what + ": expected " + expected + ", was " + actual);
  }

  /** Fails the case unless the value is within the bounds, both included. */
  public void checkBetween(String what, long least, long most, long actual) {
    check(
        least <= actual && actual <= most,
        what + ": expected " + least + " to " + most + ", was " + actual);
  }
}
