package dev.tarn.server.membership;

import dev.tarn.core.placement.Member;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The nodes behind the A and AAAA records of one name, looked up again and again on the threads of
 * a schedule. A node is called by its address, so all nodes call it the same; its zone is unknown.
 *
 * <p>Java itself remembers an answer for 30 seconds, whatever the period is. Where the name cannot
 * be resolved, which includes that it has no address, what was found before stays.
 */
public final class DnsSource implements MemberSource {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  private final Query query;
  private final Lookup lookup;
  private final Schedule schedule;
  private final Retries retries;
  private final Freshness freshness;
  private int failures;
  private volatile boolean closed;

  /**
   * What is asked.
   *
   * @param name whose addresses are the nodes
   * @param port of their peer endpoints
   * @param period from an answer to the next question; after failures, the longest wait
   */
  public record Query(String name, int port, Duration period) {}

  /** Looks a name up. Blocks. */
  @FunctionalInterface
  public interface Lookup {
    /** The hosts file and DNS, as the system does it. */
    Lookup SYSTEM = name -> List.of(InetAddress.getAllByName(name));

    List<InetAddress> resolve(String name) throws UnknownHostException;
  }

  public DnsSource(
      Query query,
      Lookup lookup,
      Schedule schedule,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.query = query;
    this.lookup = lookup;
    this.schedule = schedule;
    this.retries = new Retries(FIRST_RETRY, query.period(), random);
    this.freshness = new Freshness(nanoTime);
  }

  @Override
  public void start(Sink sink) {
    schedule.after(Duration.ZERO, () -> ask(sink));
  }

  /** Runs on one thread at a time: the next question is put when this one was answered. */
  private void ask(Sink sink) {
    if (closed) {
      return;
    }
    Duration next;
    try {
      List<InetAddress> addresses = lookup.resolve(query.name());
      failures = 0;
      freshness.heard();
      next = query.period();
      report(addresses.stream(), sink);
    } catch (UnknownHostException e) {
      failures++;
      next = retries.after(failures);
      sink.failed(e);
    }
    schedule.after(next, () -> ask(sink));
  }

  private synchronized void report(Stream<InetAddress> addresses, Sink sink) {
    if (closed) {
      return;
    }
    TreeSet<String> texts = new TreeSet<>();
    addresses.forEach(address -> texts.add(HostPort.of(HostPort.text(address), query.port())));
    sink.found(texts.stream().map(text -> new Member(text, "", text, true)).toList());
  }

  @Override
  public Duration age() {
    return freshness.age();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
