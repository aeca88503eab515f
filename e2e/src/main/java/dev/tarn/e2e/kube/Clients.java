package dev.tarn.e2e.kube;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * kubectl and helm, with nothing of the user's own. Block; safe for several threads.
 *
 * @param programs where kubectl is
 */
public record Clients(Path programs, Path kubeconfig, Path directory, AtomicInteger commands) {
  private static final Duration LIMIT = Duration.ofMinutes(6);

  public static Clients of(Path programs, Path kubeconfig, Path directory) {
    return new Clients(programs, kubeconfig, directory, new AtomicInteger());
  }

  public Child.Finished kubectl(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                programs.resolve("kubectl").toString(),
                "--kubeconfig",
                kubeconfig.toString(),
                "--cache-dir",
                directory.resolve("kubectl-cache").toString()));
    command.addAll(List.of(arguments));
    return run("kubectl", command);
  }

  public Child.Finished helm(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Tools.build("helm").resolve("helm").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    return run("helm-" + arguments[0], command);
  }

  private Child.Finished run(String name, List<String> command) {
    Map<String, String> own =
        Map.of(
            "HELM_CACHE_HOME", directory.resolve("helm/cache").toString(),
            "HELM_CONFIG_HOME", directory.resolve("helm/config").toString(),
            "HELM_DATA_HOME", directory.resolve("helm/data").toString());
    return Child.run(name + "-" + commands.incrementAndGet(), directory, own, command, LIMIT);
  }
}
