package dev.tarn.e2e.laptop;

import dev.tarn.e2e.container.ShippedImage;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a release is made of: a chart, and an image that is in the cluster's registry.
 *
 * @param repository of the image, with the registry's host
 */
public record TarnBuild(Path chart, String repository, String tag) {
  private static final String REPOSITORY = "tarn";
  private static final Duration PUSH_LIMIT = Duration.ofMinutes(3);

  /** This repository's chart, and the image that {@code TARN_IMAGE} names or the build makes. */
  public static TarnBuild current(KubeCluster cluster, Path directory) throws IOException {
    ShippedImage image = ShippedImage.build(directory);
    return push(cluster, directory, Tools.repository().resolve("helm/tarn"), image, image.tag());
  }

  /**
   * Pushes an image to the cluster's registry.
   *
   * @param tag what it is to be called there
   */
  public static TarnBuild push(
      KubeCluster cluster, Path directory, Path chart, ShippedImage image, String tag)
      throws IOException {
    String there = cluster.upstream().origin().getAuthority() + "/" + REPOSITORY + ":" + tag;
    List<String> command =
        List.of(
            "skopeo",
            "--insecure-policy",
            "copy",
            "--all",
            "--dest-tls-verify=false",
            "oci:" + image.layout() + ":" + image.tag(),
            "docker://" + there);
    Child.run("skopeo-" + tag, directory, Map.of(), command, PUSH_LIMIT).orFail();
    return new TarnBuild(chart, cluster.registryHost() + "/" + REPOSITORY, tag);
  }
}
