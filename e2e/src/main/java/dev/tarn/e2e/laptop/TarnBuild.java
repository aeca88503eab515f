package dev.tarn.e2e.laptop;

import java.nio.file.Path;

/**
 * What a release is made of: a chart, and an image that is in the cluster's registry.
 *
 * @param repository of the image, with the registry's host
 */
public record TarnBuild(Path chart, String repository, String tag) {

  /** This repository's chart, and the image that {@code TARN_IMAGE} names or the build makes. */
  public static TarnBuild current(KubeCluster cluster, Path directory) {
    throw new UnsupportedOperationException("soon");
  }

  /**
   * Pushes an image to the cluster's registry.
   *
   * @param layout an OCI layout with one image
   * @param tag what the image is called there
   */
  public static TarnBuild push(KubeCluster cluster, Path directory, Path chart, Path layout, String tag) {
    throw new UnsupportedOperationException("soon");
  }
}
