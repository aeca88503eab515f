package dev.tarn.agent.setup;

import java.util.Optional;

/** What is to be done about {@code config_path}. */
sealed interface Plan {
  /** It is as it should be. */
  record Nothing(String why) implements Plan {}

  /** It cannot be changed safely by a program. {@code fix} is what a person can do. */
  record Refused(String why, String fix) implements Plan {}

  /**
   * One file becomes another.
   *
   * @param why what is wrong now
   * @param path the file, as the host names it
   * @param before its text; empty where it is made
   * @param after its text then, of which the host's containerd makes what is wanted and nothing
   *     else
   * @param configPath what it is then
   * @param main the main file of the configuration
   * @param key what this containerd and this configuration are remembered by
   */
  record Change(
      String why,
      String path,
      Optional<String> before,
      String after,
      String configPath,
      String main,
      String key)
      implements Plan {}
}
