package dev.tarn.server.upstream;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * What of the world outside the upstream client depends on, so that a test can put its own there.
 *
 * @param random used by many threads at once
 * @param environment for the proxy variables
 */
public record Seams(
    InstantSource clock,
    RandomGenerator random,
    Sleeper sleeper,
    Resolver resolver,
    Map<String, String> environment) {

  /** The real ones. */
  public static Seams system() {
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    return new Seams(
        InstantSource.system(), random, Sleeper.SYSTEM, Resolver.SYSTEM, System.getenv());
  }
}
