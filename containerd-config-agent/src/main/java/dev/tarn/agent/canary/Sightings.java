package dev.tarn.agent.canary;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the node's mirror says of who came to it. */
public interface Sightings {
  /** Somebody is about to ask it for that repository. May block for seconds. */
  default void expect(String repository) {}

  /** Whether somebody asked it for that repository of the canary's registry. Blocks for seconds. */
  Sighting of(String repository);

  /**
   * What an agent's report says of a repository that it waits for: not its name, since whoever
   * hears that could ask for it.
   */
  static String line(String repository) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(repository.getBytes(StandardCharsets.US_ASCII));
      return "canary " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its answer. */
  enum Sighting {
    ARRIVED,
    NOT_ARRIVED,
    /** The mirror could not be asked, or what answered is not the one we know. */
    NOBODY_KNOWS
  }
}
