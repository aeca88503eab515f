package dev.tarn.e2e.image;

import java.util.List;
import java.util.stream.Stream;

/** An image for one platform. */
public record Image(String architecture, Blob manifest, Blob config, List<Layer> layers) {
  public Image {
    layers = List.copyOf(layers);
  }

  /** Configuration and layers. */
  public List<Blob> blobs() {
    return Stream.concat(Stream.of(config), layers.stream().map(Layer::blob)).toList();
  }

  /** The layer with the most bytes. */
  public Blob biggest() {
    return layers.stream()
        .map(Layer::blob)
        .reduce((a, b) -> a.size() >= b.size() ? a : b)
        .orElseThrow();
  }

  /** The bytes of configuration and layers. */
  public long size() {
    return blobs().stream().mapToLong(Blob::size).sum();
  }
}
