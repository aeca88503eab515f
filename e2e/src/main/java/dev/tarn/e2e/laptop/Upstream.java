package dev.tarn.e2e.laptop;

import dev.tarn.e2e.cluster.LinkSpeed;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.RegistryClient;
import java.net.URI;

/**
 * The registry that nodes pull from, and a second one with the same content for whoever has a name
 * and a password: Debian's docker-registry behind relays that count, at an address that nodes and
 * pods reach by plain HTTP. What the harness pushes goes past the relays. Safe for several threads.
 */
public final class Upstream {
  /** Who may pull from the guarded one. */
  public static final String USER = "reader";

  public static final String PASSWORD = "open-sesame";

  private Upstream() {}

  /** What image references name the open one: {@code host:port}. */
  public String host() {
    throw new UnsupportedOperationException("soon");
  }

  /** What image references name the one with a password: {@code host:port}. */
  public String guardedHost() {
    throw new UnsupportedOperationException("soon");
  }

  /** Pushes to both, past the relays. */
  public RegistryClient client() {
    throw new UnsupportedOperationException("soon");
  }

  /** Where the harness itself reaches the registry, past the relays. */
  public URI origin() {
    throw new UnsupportedOperationException("soon");
  }

  /** What passed the relay of the open one. */
  public Traffic traffic() {
    throw new UnsupportedOperationException("soon");
  }

  /** What passed the relay of the one with a password. */
  public Traffic guardedTraffic() {
    throw new UnsupportedOperationException("soon");
  }

  /** The open one's own access log so far, in Apache's combined format. */
  public String accessLog() {
    throw new UnsupportedOperationException("soon");
  }

  /** How many copies of a blob the open one sent, by bytes. */
  public double copies(Blob blob) {
    return (double) traffic().bytes(blob.digest()) / blob.size();
  }

  /** From now on no more than that comes from here to the nodes, all of them together. */
  public void limit(LinkSpeed speed) {
    throw new UnsupportedOperationException("soon");
  }

  /** Takes the limit away. */
  public void unlimited() {
    throw new UnsupportedOperationException("soon");
  }

  /** From now on both ports refuse. */
  public void stop() {
    throw new UnsupportedOperationException("soon");
  }

  /** Both answer again. */
  public void start() throws Exception {
    throw new UnsupportedOperationException("soon");
  }
}
