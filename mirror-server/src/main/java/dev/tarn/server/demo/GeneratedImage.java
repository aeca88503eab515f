package dev.tarn.server.demo;

import dev.tarn.core.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/** A valid OCI image of several layers of random bytes; the same for the same seed. Immutable. */
final class GeneratedImage {
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";

  private final Map<Digest, byte[]> blobs;
  private final Digest config;
  private final List<Digest> layers;
  private final byte[] manifest;

  private GeneratedImage(
      Map<Digest, byte[]> blobs, Digest config, List<Digest> layers, byte[] manifest) {
    this.blobs = blobs;
    this.config = config;
    this.layers = layers;
    this.manifest = manifest;
  }

  static GeneratedImage generate(long seed, int... layerBytes) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Map<Digest, byte[]> blobs = new LinkedHashMap<>();
    List<Digest> layers = new ArrayList<>();
    for (int size : layerBytes) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      byte[] layer = TarFile.of("layer-" + layers.size() + ".bin", content);
      Digest digest = Digest.sha256(layer);
      layers.add(digest);
      blobs.put(digest, layer);
    }
    byte[] configBytes = config(layers).getBytes(StandardCharsets.UTF_8);
    Digest config = Digest.sha256(configBytes);
    blobs.put(config, configBytes);
    byte[] manifest = manifest(config, layers, blobs).getBytes(StandardCharsets.UTF_8);
    return new GeneratedImage(blobs, config, layers, manifest);
  }

  private static String config(List<Digest> layers) {
    String ids =
        layers.stream().map(digest -> "\"" + digest + "\"").collect(Collectors.joining(","));
    return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},"
        + ("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + ids + "]}}");
  }

  private static String manifest(Digest config, List<Digest> layers, Map<Digest, byte[]> blobs) {
    return "{\"schemaVersion\":2,\"mediaType\":\""
        + MANIFEST_TYPE
        + "\",\"config\":"
        + descriptor(CONFIG_TYPE, config, blobs)
        + ",\"layers\":["
        + layers.stream()
            .map(layer -> descriptor(LAYER_TYPE, layer, blobs))
            .collect(Collectors.joining(","))
        + "]}";
  }

  private static String descriptor(String type, Digest digest, Map<Digest, byte[]> blobs) {
    int size = blobs.getOrDefault(digest, new byte[0]).length;
    return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + "}";
  }

  /** Every blob by its digest: configuration and layers. */
  Map<Digest, byte[]> blobs() {
    return blobs;
  }

  /** The configuration first, then the layers: the order in which containerd asks for them. */
  List<Digest> contentInPullOrder() {
    List<Digest> order = new ArrayList<>();
    order.add(config);
    order.addAll(layers);
    return order;
  }

  byte[] manifest() {
    return manifest;
  }

  Digest manifestDigest() {
    return Digest.sha256(manifest);
  }

  long totalBytes() {
    return manifest.length + blobs.values().stream().mapToLong(bytes -> bytes.length).sum();
  }
}
