package dev.tarn.server.agent;

import dev.tarn.server.files.WatchedFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the agent reports, and is told how it stands with this node:
 *
 * <pre>
 *   starting ── the node is ready ──▶ ready ── it is told to end ──▶ draining
 * </pre>
 *
 * <p>Thread-safe. {@link #answer} reads a file at times, so it is not for event loops.
 */
public final class AgentDesk {
  /** How long its metrics are shown without newer ones: they do not come with every report. */
  static final Duration METRICS_KEPT = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(AgentDesk.class);

  private final WatchedFile<Optional<Secret>> secret;
  private final Seen seen;
  private final Canaries canaries;
  private final BooleanSupplier ready;
  private final Runnable onReport;
  private final LongSupplier nanoClock;
  private final long startedNanos;
  private final LongAdder heard = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final Withdrawal withdrawal = new Withdrawal();
  private volatile boolean draining;
  private volatile @Nullable Heard last;
  private volatile @Nullable Metrics metrics;

  /** The last report. */
  private record Heard(int entries, long nanos) {}

  /** The last metrics; none where they made no sense. */
  private record Metrics(String text, long nanos) {}

  /** What is answered. */
  public sealed interface Reply {
    /** The state of this node, for one who has the secret. */
    record Told(String body, String proof) implements Reply {}

    /** Nothing, to a stranger. */
    record Stranger() implements Reply {}

    /** One who has the secret said something that makes no sense. */
    record Senseless() implements Reply {}
  }

  /**
   * A desk.
   *
   * @param directory what this process and the agent share
   * @param seen whom containerd asked for
   * @param canaries what was asked for to see whether it comes
   * @param ready whether this node serves; asked for each report
   * @param onReport what is to be done before a report is answered; may block for a moment
   */
  public AgentDesk(
      Path directory,
      Seen seen,
      Canaries canaries,
      BooleanSupplier ready,
      Runnable onReport,
      LongSupplier nanoClock) {
    this.secret =
        new WatchedFile<>(
            directory.resolve("secret"),
            file -> Optional.of(Secret.parse(file)),
            Optional.empty(),
            WatchedFile.Missing.RESETS,
            nanoClock,
            new FileLog("agent_secret"));
    this.seen = seen;
    this.canaries = canaries;
    this.ready = ready;
    this.onReport = onReport;
    this.nanoClock = nanoClock;
    this.startedNanos = nanoClock.getAsLong();
  }

  /**
   * Answers a report.
   *
   * @param address where this node was asked, as the agent was told it
   * @param proof the agent's proof that it is the agent
   */
  public Reply answer(String address, String challenge, String proof, byte[] body) {
    Secret known = secret.current().orElse(null);
    if (known == null || !known.isProof(proof, "agent", address, challenge, body)) {
      refused.increment();
      LOG.atDebug().addKeyValue("address", address).log("agent_report_refused");
      return new Reply.Stranger();
    }
    Report report = Report.parse(body).orElse(null);
    if (report == null) {
      malformed.increment();
      return new Reply.Senseless();
    }
    onReport.run();
    long now = nanoClock.getAsLong();
    // Before the state is said: whoever is told to be off and has nothing left is not waited for.
    boolean ending = draining;
    note(report, now);
    withdrawal.heard(report, ending, now);
    report.canaries().forEach(canaries::await);
    String told = "state " + state(ending) + "\n" + seen.lines(now) + canaries.lines(now);
    byte[] said = told.getBytes(StandardCharsets.UTF_8);
    return new Reply.Told(told, known.proof("node", address, challenge, said));
  }

  private void note(Report report, long now) {
    heard.increment();
    last = new Heard(report.entries(), now);
    String text = report.metrics();
    if (text.isEmpty()) {
      return;
    }
    boolean wellFormed = Exposition.isWellFormed(text);
    if (!wellFormed) {
      malformed.increment();
    }
    metrics = new Metrics(wellFormed ? text : "", now);
  }

  private String state(boolean ending) {
    if (ending) {
      return "draining";
    }
    return ready.getAsBoolean() ? "ready" : "starting";
  }

  /** From now on the agent is told to lead containerd elsewhere. */
  public void drain() {
    draining = true;
  }

  /**
   * Waits until every agent said that nothing leads to this node any more; not for one that was not
   * heard of lately, and not a second time. Blocks for at most {@code limit}.
   */
  public void awaitWithdrawal(Duration limit) {
    try {
      if (!withdrawal.await(limit, nanoClock.getAsLong())) {
        LOG.atWarn().addKeyValue("millis", limit.toMillis()).log("agent_did_not_withdraw");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The agent's metrics as it gave them, while they are fresh and well-formed; else nothing. */
  public String metrics() {
    Metrics shown = metrics;
    if (shown == null || nanoClock.getAsLong() - shown.nanos() > METRICS_KEPT.toNanos()) {
      return "";
    }
    String text = shown.text();
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }

  /** The same as families of OpenMetrics, without the line that ends it. */
  public String openMetrics() {
    return OpenMetrics.of(metrics());
  }

  /** How long ago the last report was, or this node's start where there was none. */
  public Duration age() {
    return Duration.ofNanos(ageNanos());
  }

  private long ageNanos() {
    Heard report = last;
    return nanoClock.getAsLong() - (report == null ? startedNanos : report.nanos());
  }

  /** How many entries stood on the node by the last report. */
  public int entries() {
    Heard report = last;
    return report == null ? 0 : report.entries();
  }

  /** How many reports there were. */
  public long heard() {
    return heard.sum();
  }

  /** How many requests showed no right proof. */
  public long refused() {
    return refused.sum();
  }

  /** How many reports, or metrics in them, made no sense. */
  public long malformed() {
    return malformed.sum();
  }
}
