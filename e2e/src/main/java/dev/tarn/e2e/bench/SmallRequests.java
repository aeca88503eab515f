package dev.tarn.e2e.bench;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Asks for something small again and again, on a virtual thread of its own, until it is closed. */
final class SmallRequests implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowestNanos = new AtomicLong();
  private final Repetition asking;

  SmallRequests(URI uri) {
    this.asking =
        Repetition.start(Thread.ofVirtual().name("small-requests"), PAUSE, () -> ask(uri));
  }

  private void ask(URI uri) {
    long start = System.nanoTime();
    (Client.gets(uri) ? answered : failed).incrementAndGet();
    slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
  }

  /** How long the slowest took. */
  double slowestMillis() {
    return slowestNanos.get() / 1e6;
  }

  long answered() {
    return answered.get();
  }

  long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    asking.close();
  }
}
