package dev.tarn.server.mirror;

/** Pauses between attempts; injected, so that tests need not wait. */
@FunctionalInterface
public interface Backoff {
  /** Blocks for the pause before the attempt after {@code attempt} that failed, from 0. */
  void pause(int attempt) throws InterruptedException;
}
