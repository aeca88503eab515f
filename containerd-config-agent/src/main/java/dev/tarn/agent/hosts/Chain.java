package dev.tarn.agent.hosts;

import java.util.List;

/** Whom containerd would ask for a registry, were we not there. */
public sealed interface Chain {
  /** These, in this order; none for {@code _default}, where it is each image's own registry. */
  record Known(List<UpstreamHost> hosts) implements Chain {
    public Known {
      hosts = List.copyOf(hosts);
    }
  }

  /** It asks somebody in a way that the mirror cannot; {@code why} is for a person. */
  record Opaque(String why) implements Chain {}
}
