package dev.tarn.server.status;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * All that a node tells of itself, at one moment.
 *
 * @param ready whether it serves
 * @param lastMinutes what happened a moment ago, for what is over soon
 * @param transfers what is in flight
 * @param members empty where it is alone
 * @param certificateExpires empty where it has none
 * @param agent empty where there is none
 * @param containerdUnreadable whether containerd's content is to be read and cannot be
 * @param token whether an operator can show a token here
 */
public record NodeFacts(
    Identity identity,
    Instant time,
    boolean ready,
    Period sinceStart,
    Period lastHour,
    Period lastMinutes,
    Store store,
    TransferSums transfers,
    List<RegistryFacts> registries,
    Optional<MemberFacts> members,
    Optional<Instant> certificateExpires,
    Optional<Agent> agent,
    boolean containerdUnreadable,
    boolean token) {
  public NodeFacts {
    registries = List.copyOf(registries);
  }

  /**
   * Which node it is.
   *
   * @param zone empty where it is in none that is known
   */
  public record Identity(String node, String zone, String version) {}

  /**
   * The node's store.
   *
   * @param squeezed whether free space, not the configured size, limits it
   * @param space empty where the file system does not tell
   */
  public record Store(
      long blobs,
      long bytes,
      long partialBytes,
      long limitBytes,
      boolean squeezed,
      Optional<Space> space) {}

  /** A file system's. */
  public record Space(long freeBytes, long totalBytes) {}

  /**
   * The agent's word.
   *
   * @param reportAgeSeconds since its last report, or since this node's start
   * @param leftOut registries of which it found what cannot be followed
   */
  public record Agent(long entries, long reportAgeSeconds, Effect effect, List<String> leftOut) {
    public Agent {
      leftOut = List.copyOf(leftOut);
    }
  }

  /** Whether containerd comes to this node, by the agent's word. */
  public enum Effect {
    EFFECTIVE,
    INEFFECTIVE,
    UNKNOWN,
    /** The agent said nothing lately. */
    SILENT;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one of the agent's word for it; unknown where it is none. */
    public static Effect of(String word) {
      return switch (word) {
        case "effective" -> EFFECTIVE;
        case "ineffective" -> INEFFECTIVE;
        default -> UNKNOWN;
      };
    }
  }
}
