package dev.tarn.e2e.chaos;

import dev.tarn.e2e.cluster.Puller;
import dev.tarn.e2e.http.Exchange;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How often upstream sent each blob to Tarns, against how many faults hit those that had to do with
 * it. What clients fetched themselves counts apart. On the thread of the waves.
 */
final class Copies {
  private static final double SLACK = 0.02;

  /** What is on its way when a stream is ended in favour of others, and comes again. */
  private static final long IN_FLIGHT_BYTES = 2L * 1024 * 1024;

  private final ChaosCluster cluster;
  private final Timeline timeline;
  private final Map<String, Account> accounts = new HashMap<>();
  private double most;
  private double sum;
  private int blobs;

  Copies(ChaosCluster cluster, Timeline timeline) {
    this.cluster = cluster;
    this.timeline = timeline;
  }

  /** What is known of a blob since somebody first wanted it. */
  private static final class Account {
    final double since;
    final Set<Integer> nodes = new HashSet<>();
    long byTarns;

    Account(double since) {
      this.since = since;
    }
  }

  void begin(Waves.Wanted wanted, List<Integer> nodes) {
    cluster.upstream.traffic(wanted.registry()).forget();
    for (Blob blob : wanted.image().blobs()) {
      Account account =
          accounts.computeIfAbsent(blob.digest(), digest -> new Account(timeline.now()));
      account.nodes.addAll(nodes);
      account.nodes.addAll(cluster.homes(blob));
    }
  }

  /** Closes the books of a wave; gives a line about it. */
  String end(Waves.Wanted wanted) {
    Traffic traffic = cluster.upstream.traffic(wanted.registry());
    long byClients = 0;
    StringBuilder line = new StringBuilder("copies");
    for (Blob blob : wanted.image().blobs()) {
      Account account = accounts.get(blob.digest());
      if (account == null) {
        throw new IllegalStateException("a wave that did not begin");
      }
      for (Exchange exchange : traffic.all()) {
        if (exchange.reference().equals(blob.digest())) {
          if (exchange.header("User-Agent").filter(Puller.AGENT::equals).isPresent()) {
            byClients += exchange.bytes();
          } else {
            account.byTarns += exchange.bytes();
          }
        }
      }
      judge(wanted, blob, account, line);
    }
    line.append(
        String.format(
            Locale.ROOT, "; by clients %.2f", (double) byClients / wanted.image().size()));
    return line.toString();
  }

  private void judge(Waves.Wanted wanted, Blob blob, Account account, StringBuilder line) {
    double copies = (double) account.byTarns / blob.size();
    int strikes = timeline.strikes(account.nodes::contains, account.since, timeline.now());
    line.append(String.format(Locale.ROOT, " %.2f/%d", copies, 1 + strikes));
    most = Math.max(most, copies);
    sum += copies;
    blobs++;
    double slack = SLACK + (double) IN_FLIGHT_BYTES / blob.size();
    if (copies > 1 + strikes + slack) {
      timeline.violation(
          String.format(
              Locale.ROOT,
              "upstream sent %.2f copies of %s (%s), and %d faults struck",
              copies,
              blob.digest(),
              wanted.tag(),
              strikes));
    }
  }

  double most() {
    return most;
  }

  double mean() {
    return blobs == 0 ? 0 : sum / blobs;
  }
}
