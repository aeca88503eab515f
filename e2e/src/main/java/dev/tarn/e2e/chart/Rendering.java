package dev.tarn.e2e.chart;

import dev.tarn.e2e.process.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One set of values that the chart is tried with.
 *
 * @param values a file
 * @param settings what goes before the file, as {@code --set} takes it
 * @param kubernetes the version of the cluster
 */
record Rendering(Path values, List<String> settings, String kubernetes) {
  private static final String SUFFIX = "-values.yaml";
  private static final List<String> DISTRIBUTIONS =
      List.of("k3s", "rke2", "k0s", "kind", "minikube", "eks", "aks", "gke", "talos");

  /** The values in the chart's own directory {@code ci}, and minimal ones for each distribution. */
  static List<Rendering> all(String kubernetes) {
    List<Rendering> renderings = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory())) {
      files.sorted().forEach(file -> renderings.add(new Rendering(file, List.of(), kubernetes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String distribution : DISTRIBUTIONS) {
      renderings.add(
          minimal(
              kubernetes,
              "distribution=" + distribution,
              "canary.enabled=true",
              "containerd.contentStore.enabled=true"));
    }
    return renderings;
  }

  static Rendering of(String name, String kubernetes) {
    return new Rendering(directory().resolve(name + SUFFIX), List.of(), kubernetes);
  }

  static Rendering minimal(String kubernetes, String... settings) {
    return new Rendering(directory().resolve("minimal" + SUFFIX), List.of(settings), kubernetes);
  }

  private static Path directory() {
    return Tools.repository().resolve("helm/tarn/ci");
  }

  @Override
  public String toString() {
    String name = String.valueOf(values.getFileName()).replace(SUFFIX, "");
    return settings.isEmpty() ? name : name + " with " + String.join(", ", settings);
  }
}
