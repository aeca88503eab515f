package dev.tarn.server.doctor;

import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.server.config.Configuration;
import dev.tarn.server.console.AdminClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What there is to look at.
 *
 * @param configuration the node's; defaults where it is not valid
 * @param admin asks the node's admin endpoint
 * @param registry the node's registry endpoint
 * @param agent where the agent beside the node answers
 * @param image what to pull; where empty, one that the node knows
 * @param environment the node's, for what proxies it goes by
 * @param space how full a file system is
 * @param version of this program, which the node's should be
 */
public record Scene(
    Configuration configuration,
    AdminClient admin,
    URI registry,
    URI agent,
    Optional<String> image,
    Map<String, String> environment,
    Function<Path, FileSystemSpace> space,
    InstantSource clock,
    String version) {
  public Scene {
    environment = Map.copyOf(environment);
  }
}
