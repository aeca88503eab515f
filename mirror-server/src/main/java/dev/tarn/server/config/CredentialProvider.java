package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One plugin. It prints its name alone, because arguments and variables may be secret.
 *
 * @param name of the executable
 * @param matchImages for which images it is asked
 * @param defaultCacheDuration how long an answer counts that does not say so itself
 * @param apiVersion the version of the protocol that it speaks
 * @param environment variables that are set beside the process's own
 */
public record CredentialProvider(
    String name,
    List<String> matchImages,
    Duration defaultCacheDuration,
    String apiVersion,
    List<String> args,
    Map<String, String> environment) {
  private static final Pattern NAME = Pattern.compile("[^/\\s\\p{Cntrl}]{1,255}");

  /** The versions differ in their names alone. */
  private static final Set<String> VERSIONS =
      Set.of(
          "credentialprovider.kubelet.k8s.io/v1",
          "credentialprovider.kubelet.k8s.io/v1beta1",
          "credentialprovider.kubelet.k8s.io/v1alpha1");

  public CredentialProvider {
    require(
        NAME.matcher(name).matches() && !Set.of(".", "..").contains(name),
        "name",
        "expected the name of an executable, without slashes and spaces");
    require(!matchImages.isEmpty(), "matchImages", "at least one is needed");
    require(!defaultCacheDuration.isNegative(), "defaultCacheDuration", "must not be negative");
    require(
        VERSIONS.contains(apiVersion),
        "apiVersion",
        "expected credentialprovider.kubelet.k8s.io/v1");
    matchImages = List.copyOf(matchImages);
    args = List.copyOf(args);
    environment = Map.copyOf(environment);
  }

  @Override
  public String toString() {
    return name;
  }
}
