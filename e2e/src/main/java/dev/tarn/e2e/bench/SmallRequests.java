package dev.tarn.e2e.bench;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Asks for something small again and again, on a virtual thread of its own, until it is closed. */
final class SmallRequests implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Repetition asking;

  SmallRequests(URI uri) {
    this.asking =
        Repetition.start(
            Thread.ofVirtual().name("small-requests"),
            PAUSE,
            () -> (Client.gets(uri) ? answered : failed).incrementAndGet());
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
