package dev.tarn.agent.tree;

import dev.tarn.agent.hosts.UpstreamHost;
import java.util.List;

/** How it stands with an entry, after it was looked at, put there or withdrawn. */
public sealed interface Standing {
  /**
   * It is there.
   *
   * @param upstreams whom containerd would ask after us, in its order; empty only for {@code
   *     _default}, where that is each image's own registry
   */
  record Present(List<UpstreamHost> upstreams) implements Standing {}

  /** It is not there, nor is anything else that is ours. */
  record Absent() implements Standing {}

  /** It is not there, and what stands there is not to be touched. {@code why} is for a person. */
  record LeftAlone(String why) implements Standing {}

  /** The host's files could not be read or written. What stood there still stands. */
  record Failed(String why) implements Standing {}
}
