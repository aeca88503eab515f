package dev.tarn.e2e.simulate;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The scenarios that there are. Pure values. */
final class Scenarios {
  private static final long MB = 1_000_000;
  private static final long MIB = 1024 * 1024;

  /** A node's link in the published run of Kraken. */
  private static final double NODE_RATE = 300.0 * MB;

  /** 10 Gbit. */
  private static final double UPSTREAM_RATE = 1_250.0 * MB;

  private static final double LAPTOP_RATE = 50.0 * MB;
  private static final int KRAKEN_NODES = 2_600;

  static final List<Scenario> ALL =
      List.of(
          kraken("kraken", "2 × 1.5 GB, everybody within 2 s")
              .limits(Scenario.Limits.wave(1.15, 1.01)),
          kraken("kraken-faults", "the same; 5 % at a tenth of the speed, 1 % die")
              .faults(0.05, 0.01)
              .limits(Scenario.Limits.wave(1.25, 1.06)),
          new Scenario("layers", "ten layers, 1 GB, three at a time", KRAKEN_NODES, layers(), 3)
              .links(NODE_RATE, UPSTREAM_RATE),
          kraken("sparse", "one node in twenty wants it")
              .wanting(0.05)
              .limits(Scenario.Limits.bytes(1.02)),
          kraken("zones", "three zones").zones(3).limits(Scenario.Limits.crossZone(2.05)),
          kraken("rolling", "arrivals over five minutes")
              .arrival(new Scenario.Arrival("rolling", 300, false)),
          new Scenario("small", "20 MB to 10,000 nodes", 10_000, List.of(20 * MB), 1)
              .links(NODE_RATE, UPSTREAM_RATE),
          new Scenario(
                  "laptop",
                  "what bench-fanout runs: 8 nodes, 512 MiB, 400 Mbit",
                  8,
                  Collections.nCopies(4, 128 * MIB),
                  3)
              .links(LAPTOP_RATE, LAPTOP_RATE)
              .arrival(arrival("together")));

  private Scenarios() {}

  private static Scenario kraken(String name, String summary) {
    return new Scenario(name, summary, KRAKEN_NODES, Collections.nCopies(2, 1_500 * MB), 2)
        .links(NODE_RATE, UPSTREAM_RATE);
  }

  private static List<Long> layers() {
    return List.of(
        400 * MB, 220 * MB, 150 * MB, 90 * MB, 60 * MB, 40 * MB, 20 * MB, 12 * MB, 6 * MB, 2 * MB);
  }

  static Optional<Scenario> named(String name) {
    return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
  }

  static List<String> names() {
    return ALL.stream().map(Scenario::name).toList();
  }

  /** How nodes arrive: together, over half a minute, or one alone. */
  static Scenario.Arrival arrival(String name) {
    return switch (name) {
      case "together" -> new Scenario.Arrival(name, 0.1, false);
      case "rolling" -> new Scenario.Arrival(name, 30, false);
      case "solo" -> new Scenario.Arrival(name, 0, true);
      default -> throw new IllegalArgumentException("no such arrival: " + name);
    };
  }
}
