package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.time.Duration;

/**
 * What is different for some repositories of a registry.
 *
 * @param maxAge how long a tag's answer is used without asking upstream again
 */
public record RepositoryRule(RepositoryPattern pattern, Duration maxAge) {
  public RepositoryRule {
    require(!maxAge.isNegative(), "maxAge", "must not be negative");
  }
}
