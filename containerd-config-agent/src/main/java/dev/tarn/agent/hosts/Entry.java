package dev.tarn.agent.hosts;

import dev.tarn.core.name.RegistryHost;
import java.util.List;
import java.util.Optional;

/**
 * What we want to stand in a {@code hosts.toml}.
 *
 * @param target what it is for
 * @param mirror the mirror's URL: scheme, host and port
 * @param certificates names of the {@code *.crt} files beside the file. containerd trusts them for
 *     the registry while there is no {@code hosts.toml}, and forgets them once there is one; so a
 *     file that is ours alone has to name them.
 */
public record Entry(Target target, String mirror, List<String> certificates) {
  public Entry {
    certificates = List.copyOf(certificates);
  }

  /** Our lines between the markers. {@code alone}: nobody else has anything in the file. */
  String body(boolean alone) {
    StringBuilder lines = new StringBuilder();
    if (alone) {
      serverLine().ifPresent(line -> lines.append(line).append('\n'));
      certificatesLine().ifPresent(line -> lines.append(line).append('\n'));
    }
    return lines
        .append("[host.\"")
        .append(mirror)
        .append("\"]\n  capabilities = [\"pull\", \"resolve\"]\n")
        .toString();
  }

  /**
   * Where containerd goes when the mirror has failed. It would go there without this line too; the
   * form with it is the one that is known to work on every version. Not for {@code _default}, where
   * each image's own registry is meant, and not for a loopback registry, whose scheme containerd
   * finds out by itself.
   */
  Optional<String> serverLine() {
    return switch (target) {
      case Target.OfAllOthers all -> Optional.empty();
      case Target.OfRegistry(RegistryHost registry) ->
          Loopback.is(registry.value())
              ? Optional.empty()
              : Optional.of("server = \"" + OwnHost.of(registry) + "\"");
    };
  }

  Optional<String> certificatesLine() {
    if (certificates.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of("ca = [\"" + String.join("\", \"", certificates) + "\"]");
  }
}
