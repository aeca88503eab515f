package dev.tarn.e2e.clustered;

import dev.tarn.e2e.process.Ports;
import dev.tarn.e2e.run.Need;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which cluster it is, and what for.
 *
 * @param hold whether to try nothing and let somebody look around
 * @param kubeconfig of a cluster that is there; none for one that is started
 * @param registry where the images of a cluster that is there are to be; {@code host:port}
 */
record ClusterOptions(boolean hold, Optional<Path> kubeconfig, Optional<String> registry) {
  static final String KUBECONFIG = "kubeconfig";
  static final String REGISTRY = "registry";

  private static final int REGISTRY_PORT = 5000;

  /** As the command line has them, or the environment. */
  static ClusterOptions of(boolean hold, Map<String, String> options) {
    Optional<Path> kubeconfig =
        given(options, KUBECONFIG, "TARN_E2E_KUBECONFIG")
            .map(file -> Path.of(file).toAbsolutePath());
    if (hold && kubeconfig.isPresent()) {
      throw new IllegalArgumentException("--hold is for a cluster that is started");
    }
    return new ClusterOptions(hold, kubeconfig, given(options, REGISTRY, "TARN_E2E_REGISTRY"));
  }

  private static Optional<String> given(
      Map<String, String> options, String option, String variable) {
    return Optional.ofNullable(options.get(option))
        .or(() -> Optional.ofNullable(System.getenv(variable)))
        .filter(value -> !value.isEmpty());
  }

  /** Where the images of a cluster that is there are. */
  InetSocketAddress registryAddress() {
    String[] parts = registry.orElse("").split(":", 2);
    String host = parts[0].isEmpty() ? Ports.ownAddress().orElseThrow().getHostAddress() : parts[0];
    return new InetSocketAddress(
        host, parts.length == 2 ? Integer.parseInt(parts[1]) : REGISTRY_PORT);
  }

  /** Of cases that do something to nodes themselves. */
  List<Need> machines() {
    return List.of(
        new Need(
            "nodes of the harness's own",
            "they are there without --kubeconfig: another cluster's are nobody's to switch off",
            kubeconfig::isEmpty));
  }
}
