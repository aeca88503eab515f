package dev.tarn.agent.containerd;

import java.util.List;
import java.util.Optional;

/** What one release of containerd makes of its configuration files together. */
sealed interface Merged {
  /**
   * What of it decides whether an entry takes effect.
   *
   * @param criOff the plugin that is disabled, and without which there is no CRI
   * @param configPath as it is written; empty where it is not set
   * @param mirrors whether there are {@code registry.mirrors}
   * @param tls whether there are {@code registry.configs} with {@code tls}
   * @param localPull the setting that keeps pulls from the transfer service
   * @param notes what of the configuration does not count, though it looks as if it did
   */
  record Settings(
      Optional<String> criOff,
      String configPath,
      boolean mirrors,
      boolean tls,
      Optional<String> localPull,
      List<String> notes)
      implements Merged {}

  /** It does not start with it, or without CRI. */
  record Refused(String why, String fix) implements Merged {}
}
