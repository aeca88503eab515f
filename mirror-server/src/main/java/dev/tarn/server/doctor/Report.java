package dev.tarn.server.doctor;

import java.util.Comparator;
import java.util.List;

/**
 * What was found.
 *
 * @param image what was pulled; empty where nothing was
 * @param hops of that pull, in order
 * @param findings the worst first
 */
public record Report(String image, List<Hop> hops, List<Finding> findings) {
  public Report {
    hops = List.copyOf(hops);
    findings =
        findings.stream().sorted(Comparator.comparing(Finding::severity).reversed()).toList();
  }

  /** The worst of the findings; a note is fine. */
  public Severity verdict() {
    Severity worst = findings.isEmpty() ? Severity.FINE : findings.getFirst().severity();
    return worst == Severity.NOTE ? Severity.FINE : worst;
  }
}
