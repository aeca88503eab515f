package dev.tarn.e2e.access;

import dev.tarn.e2e.http.Relay;
import dev.tarn.e2e.http.Traffic;
import dev.tarn.e2e.image.Blob;
import dev.tarn.e2e.image.Image;
import dev.tarn.e2e.node.TarnNode;
import java.net.URI;
import java.util.Map;

/**
 * A node: its Tarn, and ways to the registries that are its alone, so that what it asks upstream is
 * told from what others ask.
 */
record Mirror(TarnNode tarn, Map<Scheme, Relay> ways, int peerPort) {

  URI uri() {
    return tarn.uri();
  }

  Relay way(Scheme scheme) {
    Relay way = ways.get(scheme);
    if (way == null) {
      throw new IllegalStateException("no way to " + scheme);
    }
    return way;
  }

  /** What it asked that registry since that was last forgotten. */
  Traffic upstream(Scheme scheme) {
    return way(scheme).traffic();
  }

  /** From now on it does not reach any registry, or it does again. */
  void cutOff(boolean isCutOff) {
    for (Relay way : ways.values()) {
      if (isCutOff) {
        way.stop();
      } else {
        way.start();
      }
    }
  }

  /** How many bytes of the image's configuration and layers it got from upstream. */
  long fetched(Scheme scheme, Image image) {
    return image.blobs().stream().mapToLong(blob -> upstream(scheme).bytes(blob.digest())).sum();
  }

  /** Whether it holds all of the image. */
  boolean holds(Image image) {
    return holds(image.manifest()) && image.blobs().stream().allMatch(this::holds);
  }

  private boolean holds(Blob blob) {
    return !tarn.storeFiles(
            "blobs/sha256/"
                + blob.digest().substring(7, 9)
                + "/"
                + blob.digest().substring("sha256:".length()))
        .isEmpty();
  }
}
