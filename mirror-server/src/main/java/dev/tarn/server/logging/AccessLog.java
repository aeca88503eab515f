package dev.tarn.server.logging;

import dev.tarn.server.metrics.RequestOutcome;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each request that is over, to the logger {@value #LOGGER}. Called on event loops;
 * never blocks.
 *
 * <p>What an operator has to see is a warning, what changed something is information, and what
 * happens all day on a node that works is for debugging: hits, and answers that the client gave up,
 * as containerd does with every part of a parallel download.
 */
public final class AccessLog {
  public static final String LOGGER = "tarn.access";

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** Whether a request with this outcome is logged; where not, no entry needs to be made. */
  public boolean logs(RequestOutcome outcome) {
    return LOG.isEnabledForLevel(level(outcome));
  }

  public void log(AccessEntry entry) {
    LoggingEventBuilder event = LOG.atLevel(level(entry.outcome()));
    event = event.setMessage("request").addKeyValue("method", entry.method());
    if (entry.registry() != null) {
      event = event.addKeyValue("registry", entry.registry().value());
    }
    if (entry.repository() != null) {
      event = event.addKeyValue("repository", entry.repository().value());
    }
    if (!entry.reference().isEmpty()) {
      event = event.addKeyValue("reference", entry.reference());
    }
    event =
        event
            .addKeyValue("kind", entry.kind().label())
            .addKeyValue("status", entry.status())
            .addKeyValue("source", entry.source().name().toLowerCase(Locale.ROOT))
            .addKeyValue("outcome", entry.outcome().label())
            .addKeyValue("bytes", entry.bytes());
    if (entry.firstByteNanos() >= 0) {
      event = event.addKeyValue("firstByteMs", entry.firstByteNanos() / NANOS_PER_MILLI);
    }
    event
        .addKeyValue("totalMs", entry.totalNanos() / NANOS_PER_MILLI)
        .addKeyValue("client", entry.client())
        .log();
  }

  private static Level level(RequestOutcome outcome) {
    return switch (outcome) {
      case HIT, ABORTED -> Level.DEBUG;
      case MISS, PASSED, NOT_FOUND, DENIED, REJECTED -> Level.INFO;
      case STALE, TIMEOUT, UNAVAILABLE, CUT -> Level.WARN;
    };
  }
}
