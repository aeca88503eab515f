package dev.tarn.agent.canary;

/** What the node's mirror says of who came to it. */
@FunctionalInterface
public interface Sightings {
  /** Whether somebody asked it for that repository of the canary's registry. Blocks for seconds. */
  Sighting of(String repository);

  /** Its answer. */
  enum Sighting {
    ARRIVED,
    NOT_ARRIVED,
    /** The mirror could not be asked, or what answered is not the one we know. */
    NOBODY_KNOWS
  }
}
