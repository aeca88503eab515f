package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where Tarn's own credentials for one registry come from. There is no secret in it, only names of
 * files.
 *
 * @param dockerConfig a docker-config JSON file, such as a mounted {@code
 *     kubernetes.io/dockerconfigjson} Secret
 * @param providerConfig a kubelet's {@code CredentialProviderConfig} file
 * @param providerBinDir where the plugins are that it names
 * @param tokenRealms hosts whose token realms may be shown a credential, be it a client's, beside
 *     those of the origin's own domain
 */
public record CredentialsConfiguration(
    Optional<Path> dockerConfig,
    Optional<Path> providerConfig,
    Optional<Path> providerBinDir,
    List<String> tokenRealms) {
  /** None: clients' own credentials are all there is. */
  public static final CredentialsConfiguration NONE =
      new CredentialsConfiguration(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  public CredentialsConfiguration {
    require(
        providerConfig.isEmpty() || providerBinDir.isPresent(),
        "providerBinDir",
        "is needed where providerConfig is given");
    require(
        providerBinDir.isEmpty() || providerConfig.isPresent(),
        "providerConfig",
        "is needed where providerBinDir is given");
    tokenRealms = List.copyOf(tokenRealms);
  }

  /** Whether there may be any credential. */
  public boolean given() {
    return dockerConfig.isPresent() || providerConfig.isPresent();
  }
}
