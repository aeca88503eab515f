package dev.tarn.e2e.run;

import dev.tarn.e2e.process.Workspace;
import java.time.Duration;
import java.util.List;

/** A named list of cases over parts that they share. */
public interface Suite<S> {
  /** What it is called on the command line and in its RESULT line. */
  String name();

  /** What it tries, in a line. */
  String summary();

  /** What must be on the machine for any of its cases. */
  List<Need> needs();

  List<Case<S>> cases();

  /** The figures that stand in the RESULT line itself, besides with their cases. */
  default List<String> headlines() {
    return List.of();
  }

  /** How long a case may take before it is given up. */
  default Duration caseLimit() {
    return Duration.ofMinutes(10);
  }

  /** How many of its cases may run at once; those that come first begin first. */
  default int sideBySide() {
    return 1;
  }

  /** Starts what the cases share; what the workspace owns is closed after the last of them. */
  S open(Workspace workspace) throws Exception;
}
