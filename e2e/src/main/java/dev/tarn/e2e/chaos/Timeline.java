package dev.tarn.e2e.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** What happened and when, printed as it does. Safe for use by several threads. */
final class Timeline {
  private final long start = System.nanoTime();
  private final List<Incident> incidents = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<String, AtomicInteger> counts = new TreeMap<>();

  /** A fault as it really was; its end is not known while it lasts. */
  private static final class Incident {
    final Fault fault;
    final List<Integer> struck;
    final double from;
    double until = Double.MAX_VALUE;

    /** Until when it is felt. */
    double feltUntil() {
      return until + fault.aftermath().toMillis() / 1e3;
    }

    Incident(Fault fault, List<Integer> struck, double from) {
      this.fault = fault;
      this.struck = struck;
      this.from = from;
    }
  }

  /** Seconds since the beginning. */
  double now() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Prints what happened. */
  synchronized void tell(String what) {
    System.out.printf(Locale.ROOT, "    %8.3f s  %s%n", now(), what);
    System.out.flush();
  }

  /** A fault begins to strike these nodes; gives the incident's number. */
  synchronized int begins(Fault fault, List<Integer> struck) {
    incidents.add(new Incident(fault, List.copyOf(struck), now()));
    counts.computeIfAbsent(fault.kind(), kind -> new AtomicInteger()).incrementAndGet();
    tell("begins: " + fault + (struck.equals(fault.struck()) ? "" : " at " + struck));
    return incidents.size() - 1;
  }

  synchronized void ends(int number) {
    Incident incident = incidents.get(number);
    incident.until = now();
    tell("ends:   " + incident.fault);
  }

  synchronized void violation(String what) {
    violations.add(String.format(Locale.ROOT, "%.3f s: %s", now(), what));
    tell("VIOLATION " + what);
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /**
   * How many faults strike one of these nodes between two moments, or are felt there yet, or strike
   * no node but all.
   */
  synchronized int strikes(Predicate<Integer> nodes, double from, double until) {
    int strikes = 0;
    for (Incident incident : incidents) {
      boolean concerned =
          switch (incident.fault) {
            case Fault.UpstreamDown _ -> true;
            case Fault.ApiServerDown _, Fault.ExpireTokens _, Fault.RenewCertificate _ -> false;
            case Fault.LeaveMembership _ -> true;
            default -> incident.struck.stream().anyMatch(nodes);
          };
      if (concerned && incident.from < until && incident.feltUntil() > from) {
        strikes += Math.max(1, (int) incident.struck.stream().filter(nodes).count());
      }
    }
    return strikes;
  }

  /** A fault of which that is true and that lasted between two moments. */
  synchronized Optional<Fault> during(double from, double until, Predicate<Fault> which) {
    return incidents.stream()
        .filter(i -> i.from < until && i.until > from && which.test(i.fault))
        .map(i -> i.fault)
        .findFirst();
  }

  /** Whether such a fault strikes the node now. */
  synchronized boolean lasting(Class<? extends Fault> kind, int node) {
    return incidents.stream()
        .anyMatch(
            i ->
                kind.isInstance(i.fault) && i.struck.contains(node) && i.until == Double.MAX_VALUE);
  }

  /** How often each kind of fault began. */
  synchronized Map<String, Integer> counts() {
    Map<String, Integer> copy = new HashMap<>();
    counts.forEach((kind, count) -> copy.put(kind, count.get()));
    return copy;
  }
}
