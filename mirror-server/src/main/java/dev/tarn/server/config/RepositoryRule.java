package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is different for some repositories of a registry. What it does not set is as the registry
 * has it.
 *
 * @param maxAge how long a tag's answer is used without asking upstream again
 * @param immutableTags the tags that never move; an empty list where all may
 */
public record RepositoryRule(
    RepositoryPattern pattern,
    Optional<Duration> maxAge,
    Optional<List<TagPattern>> immutableTags) {
  public RepositoryRule {
    require(maxAge.isEmpty() || !maxAge.get().isNegative(), "maxAge", "must not be negative");
    require(
        maxAge.isPresent() || immutableTags.isPresent(),
        "pattern",
        "maxAge or immutableTags is needed beside it");
    immutableTags = immutableTags.map(List::copyOf);
  }
}
