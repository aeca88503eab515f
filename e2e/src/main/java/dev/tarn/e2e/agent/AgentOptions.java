package dev.tarn.e2e.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the command line asks of this suite. Immutable.
 *
 * @param seed of the selection, and of what a case draws lots for
 * @param combinations which are tried
 */
record AgentOptions(long seed, Extent combinations) {
  static final Set<String> NAMES = Set.of("--seed", "--combinations");
  private static final int FEW = 12;

  /** How many of the combinations are tried. */
  enum Extent {
    FEW,
    PAIRS,
    ALL
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where one means nothing
   */
  static AgentOptions of(boolean quick, Map<String, String> given) {
    String seed = given.getOrDefault("seed", "1");
    String extent = given.getOrDefault("combinations", quick ? "few" : "pairs");
    try {
      return new AgentOptions(Long.parseLong(seed), extent(extent));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--seed is not a number: " + seed, e);
    }
  }

  private static Extent extent(String name) {
    return switch (name) {
      case "few" -> Extent.FEW;
      case "pairs" -> Extent.PAIRS;
      case "all" -> Extent.ALL;
      default -> throw new IllegalArgumentException("--combinations is few, pairs or all: " + name);
    };
  }

  List<Combination> selected() {
    return switch (combinations) {
      case FEW -> few();
      case PAIRS -> Selection.pairs(seed);
      case ALL -> Selection.all();
    };
  }

  /** Every value once, filled up from the pairs. */
  private List<Combination> few() {
    List<Combination> chosen = new ArrayList<>(Selection.singles(seed));
    for (Combination each : Selection.pairs(seed)) {
      if (chosen.size() < FEW && !chosen.contains(each)) {
        chosen.add(each);
      }
    }
    return chosen;
  }
}
