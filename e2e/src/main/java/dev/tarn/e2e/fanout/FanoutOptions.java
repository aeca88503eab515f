package dev.tarn.e2e.fanout;

import dev.tarn.e2e.cluster.LinkSpeed;
import java.util.Map;
import java.util.Set;

/**
 * What the command line asks of bench-fanout. Immutable.
 *
 * @param imageBytes of the image that is pulled by many
 * @param link of a node
 * @param upstreamLink of the registry
 * @param arrival whose cases are run, or empty for all
 * @param transport how nodes talk
 * @param warmUps how many small images everyone pulls before
 * @param lenience what limits are widened by
 */
record FanoutOptions(
    int nodes,
    long imageBytes,
    LinkSpeed link,
    LinkSpeed upstreamLink,
    String arrival,
    Transport transport,
    int warmUps,
    double lenience) {
  static final Set<String> NAMES =
      Set.of("--nodes", "--size-mib", "--nic-mbit", "--upstream-mbit", "--arrival", "--transport");
  private static final long MIB = 1024 * 1024;
  private static final Set<String> ARRIVALS = Set.of("", "together", "rolling", "solo");

  /** How nodes talk with each other, if they do. */
  enum Transport {
    TLS,
    PLAIN,
    NONE
  }

  /**
   * Reads them.
   *
   * @param quick for a small cluster and lenient limits
   * @throws IllegalArgumentException where one means nothing
   */
  static FanoutOptions of(boolean quick, Map<String, String> given) {
    String arrival = given.getOrDefault("arrival", "");
    if (!ARRIVALS.contains(arrival)) {
      throw new IllegalArgumentException("no such arrival: " + arrival);
    }
    return new FanoutOptions(
        number(given, "nodes", quick ? 3 : 8),
        number(given, "size-mib", quick ? 64 : 512) * MIB,
        new LinkSpeed(number(given, "nic-mbit", quick ? 100 : 150)),
        new LinkSpeed(number(given, "upstream-mbit", quick ? 100 : 150)),
        arrival,
        transport(given.getOrDefault("transport", "tls")),
        quick ? 2 : 4,
        quick ? 2 : 1);
  }

  private static Transport transport(String name) {
    return switch (name) {
      case "tls" -> Transport.TLS;
      case "plain" -> Transport.PLAIN;
      case "none" -> Transport.NONE;
      default -> throw new IllegalArgumentException("no such transport: " + name);
    };
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    String text = given.get(name);
    try {
      int number = text == null ? otherwise : Integer.parseInt(text);
      if (number < 1) {
        throw new IllegalArgumentException("--" + name + " is less than 1");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + " is not a number: " + text, e);
    }
  }

  /** How long the image is under way at best: by a node's own link, or upstream's for one copy. */
  double floorSeconds() {
    return Math.max(link.secondsFor(imageBytes), upstreamLink.secondsFor(imageBytes));
  }

  boolean wants(String thisArrival) {
    return arrival.isEmpty() || arrival.equals(thisArrival);
  }
}
