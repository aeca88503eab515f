package dev.tarn.server;

import dev.tarn.server.config.Configuration;
import dev.tarn.server.config.ConfigurationLoader;
import dev.tarn.server.config.InvalidConfigurationException;
import dev.tarn.server.config.ListenAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The configuration of the node on this machine, or in this pod, for commands that deal with it.
 *
 * @param file what it was read from; empty where there is none, or it is not to be read
 * @param configuration what can be relied on: defaults where it is not valid
 * @param problems what is wrong with it
 */
record LocalConfiguration(
    Optional<Path> file,
    Configuration configuration,
    List<InvalidConfigurationException.Problem> problems) {

  /**
   * Reads it.
   *
   * @param named the file, where somebody names one; else one of the usual, where it is there
   */
  static LocalConfiguration read(Optional<Path> named, CommandContext context) {
    Optional<Path> file =
        named.or(() -> context.configurations().stream().filter(Files::isReadable).findFirst());
    try {
      return new LocalConfiguration(file, Serve.load(file, context.environment()), List.of());
    } catch (InvalidConfigurationException e) {
      return new LocalConfiguration(file, fromEnvironment(context.environment()), e.problems());
    }
  }

  /** Addresses may be known all the same. */
  private static Configuration fromEnvironment(Map<String, String> environment) {
    try {
      return ConfigurationLoader.withoutFile(
          environment.entrySet().stream()
              .filter(variable -> variable.getKey().endsWith("_LISTEN"))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    } catch (InvalidConfigurationException _) {
      return Configuration.defaults();
    }
  }

  /** Where the node's admin endpoint can be asked from here. */
  URI admin() {
    return url(configuration.admin().listen());
  }

  /** Where the node's registry endpoint can be asked from here. */
  URI registry() {
    return url(configuration.registry().listen());
  }

  private static URI url(ListenAddress listen) {
    ListenAddress reached =
        isAnywhere(listen.host()) ? new ListenAddress("127.0.0.1", listen.port()) : listen;
    return URI.create("http://" + reached);
  }

  private static boolean isAnywhere(String host) {
    try {
      return InetAddress.getByName(host).isAnyLocalAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }
}
