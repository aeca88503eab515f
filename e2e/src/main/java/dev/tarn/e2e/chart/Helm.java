package dev.tarn.e2e.chart;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** helm, with nothing of the user's own: its directories are below one of the case's. */
record Helm(Path program, Path chart, Path directory) {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  static Helm in(Path directory) {
    return new Helm(
        Tools.build("helm").resolve("helm"), Tools.repository().resolve("helm/tarn"), directory);
  }

  Child.Finished lint(Rendering rendering) {
    return run(
        "lint",
        withValues(
            List.of("lint", "--strict", "--kube-version", rendering.kubernetes(), chart.toString()),
            rendering));
  }

  /** What would be installed; its hooks, too. */
  Child.Finished template(Rendering rendering) {
    return run(
        "template",
        withValues(
            List.of(
                "template",
                "release-name",
                chart.toString(),
                "--namespace",
                "tarn-system",
                "--kube-version",
                rendering.kubernetes()),
            rendering));
  }

  /**
   * Installs, upgrades or ends releases.
   *
   * @param kubeconfig of the cluster
   * @param arguments what follows {@code helm}
   */
  Child.Finished act(Path kubeconfig, List<String> arguments) {
    List<String> command = new ArrayList<>(arguments);
    command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    return run(arguments.getFirst(), command);
  }

  private static List<String> withValues(List<String> command, Rendering rendering) {
    List<String> words = new ArrayList<>(command);
    words.addAll(List.of("--values", rendering.values().toString()));
    for (String setting : rendering.settings()) {
      words.addAll(List.of("--set", setting));
    }
    return words;
  }

  private Child.Finished run(String name, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(arguments);
    Map<String, String> own =
        Map.of(
            "HELM_CACHE_HOME", directory.resolve("helm/cache").toString(),
            "HELM_CONFIG_HOME", directory.resolve("helm/config").toString(),
            "HELM_DATA_HOME", directory.resolve("helm/data").toString());
    return Child.run("helm-" + name, directory, own, command, LIMIT);
  }
}
