package dev.tarn.agent.containerd;

import java.util.Optional;

/**
 * What is known of containerd beforehand.
 *
 * @param config where its configuration is, as the host names it, where that was said
 * @param layout the distribution, where that was said
 * @param version containerd's, where that was said
 * @param userAgent of a request that the node's Tarn saw from it
 */
public record Hints(
    Optional<String> config,
    Optional<Layout> layout,
    Optional<ContainerdVersion> version,
    Optional<String> userAgent) {
  /** Nothing. */
  public static final Hints NONE =
      new Hints(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public Hints withUserAgent(String seen) {
    return new Hints(config, layout, version, Optional.of(seen));
  }
}
