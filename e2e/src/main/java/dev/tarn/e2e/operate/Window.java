package dev.tarn.e2e.operate;

import java.time.Duration;
import java.time.Instant;

/**
 * The time that is looked at, and what Grafana makes of it.
 *
 * @param scrape how often targets are read, as the data source has it
 * @param points how many values a graph has room for
 */
record Window(Instant from, Instant to, Duration scrape, int points) {
  /** What Grafana's documentation says a rate needs. */
  private static final int SCRAPES_OF_A_RATE = 4;

  /** The time between two values. */
  Duration step() {
    Duration room = range().dividedBy(points);
    Duration whole = Duration.ofSeconds(room.plusMillis(999).toSeconds());
    return whole.compareTo(scrape) < 0 ? scrape : whole;
  }

  Duration range() {
    return Duration.between(from, to);
  }

  private Duration rateInterval() {
    Duration least = scrape.multipliedBy(SCRAPES_OF_A_RATE);
    Duration wide = step().plus(scrape);
    return wide.compareTo(least) < 0 ? least : wide;
  }

  /** When the first value is of: a multiple of the step, so that a reload moves nothing. */
  Instant firstStep() {
    long step = step().toSeconds();
    return Instant.ofEpochSecond(Math.ceilDiv(from.getEpochSecond(), step) * step);
  }

  /** A query of the dashboard, with every job and every node chosen. */
  String fill(String query) {
    return query
        .replace("$__rate_interval", rateInterval().toSeconds() + "s")
        .replace("$__interval", step().toSeconds() + "s")
        .replace("$__range", range().toSeconds() + "s")
        .replace("$job", ".*")
        .replace("$instance", ".*");
  }
}
