package dev.tarn.server.upstream;

import java.time.Duration;

/** Waits; a test's may return at once. */
@FunctionalInterface
public interface Sleeper {
  Sleeper SYSTEM = Thread::sleep;

  void sleep(Duration time) throws InterruptedException;
}
