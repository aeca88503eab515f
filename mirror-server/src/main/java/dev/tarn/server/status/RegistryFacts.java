package dev.tarn.server.status;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a registry's upstreams fare.
 *
 * @param lastStatus of the last answer, whatever it was
 * @param failingSince since when none of its upstreams answered; empty where one did last
 * @param lastFailure in a word; empty once it is well again
 * @param remaining how many requests it has for this node, by its own last word
 */
public record RegistryFacts(
    String name,
    State state,
    Optional<Instant> lastAnswer,
    OptionalInt lastStatus,
    Optional<Instant> failingSince,
    Optional<String> lastFailure,
    OptionalLong remaining) {

  /** In one word. */
  public enum State {
    /** It was not asked lately. */
    QUIET,
    WELL,
    /** It has this node ask less. */
    LIMITED,
    FAILING;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that word. */
    static Optional<State> ofLabel(String label) {
      return Arrays.stream(values()).filter(state -> state.label().equals(label)).findFirst();
    }
  }
}
