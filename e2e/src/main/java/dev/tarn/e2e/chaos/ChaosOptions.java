package dev.tarn.e2e.chaos;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What the command line asks of chaos. Immutable.
 *
 * @param seed the first of the seeds
 * @param seeds how many there are
 * @param length of the chaos of one seed
 * @param hasPeers whether the nodes know each other; without, only what a node does alone is tried
 */
record ChaosOptions(long seed, int seeds, Duration length, int nodes, boolean hasPeers) {
  static final Set<String> NAMES =
      Set.of("--seed", "--seeds", "--minutes", "--nodes", "--transport");
  private static final int LEAST_NODES = 3;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where one means nothing
   */
  static ChaosOptions of(Map<String, String> given) {
    return new ChaosOptions(
        number(given, "seed", 1),
        (int) number(given, "seeds", 1),
        Duration.ofSeconds(Math.round(60 * decimal(given.getOrDefault("minutes", "3")))),
        Math.max(LEAST_NODES, (int) number(given, "nodes", 5)),
        !given.getOrDefault("transport", "tls").equals("none"));
  }

  private static double decimal(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--minutes is not a number: " + text, e);
    }
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
