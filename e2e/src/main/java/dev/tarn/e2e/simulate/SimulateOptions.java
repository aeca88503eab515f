package dev.tarn.e2e.simulate;

import dev.tarn.e2e.cluster.LinkSpeed;
import java.util.List;
import java.util.Map;

/**
 * What the command line asks to be simulated. Immutable.
 *
 * @param seed the first of the seeds
 * @param seeds how many there are
 */
record SimulateOptions(List<Scenario> scenarios, long seed, int seeds) {
  private static final long MIB = 1024 * 1024;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where one means nothing
   */
  static SimulateOptions of(Map<String, String> given) {
    String name = given.getOrDefault("scenario", "kraken");
    List<Scenario> scenarios =
        name.equals("all") ? Scenarios.ALL : Scenarios.named(name).map(List::of).orElse(List.of());
    if (scenarios.isEmpty()) {
      throw new IllegalArgumentException("no such scenario: " + name + "; " + Scenarios.names());
    }
    return new SimulateOptions(
        scenarios.stream().map(scenario -> changed(scenario, given)).toList(),
        number(given, "seed", 1),
        (int) number(given, "seeds", 1));
  }

  private static Scenario changed(Scenario scenario, Map<String, String> given) {
    Scenario changed = scenario.nodes((int) number(given, "nodes", scenario.nodes()));
    if (given.containsKey("size-mib")) {
      changed = changed.bytes(number(given, "size-mib", 1) * MIB);
    }
    changed =
        changed.links(
            rate(given, "nic-mbit", scenario.nodeRate()),
            rate(given, "upstream-mbit", scenario.upstreamRate()));
    String arrival = given.get("arrival");
    return arrival == null ? changed : changed.arrival(Scenarios.arrival(arrival));
  }

  /** What a link of so many megabits leaves for content, as for real ones. */
  private static double rate(Map<String, String> given, String name, double otherwise) {
    return given.containsKey(name)
        ? new LinkSpeed((int) number(given, name, 1)).payloadBytesPerSecond()
        : otherwise;
  }

  private static long number(Map<String, String> given, String name, long otherwise) {
    String text = given.get(name);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + " is not a number: " + text, e);
    }
  }
}
