package dev.tarn.server.credentials;

import dev.tarn.server.config.GoDuration;
import dev.tarn.server.files.StrictJson;
import dev.tarn.server.files.UnusableException;
import dev.tarn.server.upstream.Credential;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a plugin answered.
 *
 * @param cacheDuration how long it counts; empty where the plugin leaves it to the configuration
 * @see <a
 *     href="https://kubernetes.io/docs/reference/config-api/kubelet-credentialprovider.v1/">Kubernetes,
 *     credentialprovider.kubelet.k8s.io/v1</a>
 */
record ProviderResponse(
    CacheKeyType cacheKeyType, Optional<Duration> cacheDuration, Keyring keyring) {

  /** A response's fields, as they stand. */
  private static final class Fields {
    String kind = "";
    String apiVersion = "";
    String cacheKeyType = "";
    String cacheDuration = "";
    final List<Keyring.Key> keys = new ArrayList<>();
  }

  static ProviderResponse parse(byte[] bytes, String apiVersion) throws UnusableException {
    Fields fields = new Fields();
    StrictJson.read(
        bytes,
        json ->
            json.fields(
                "",
                name -> {
                  switch (name) {
                    case "kind" -> fields.kind = json.text(name);
                    case "apiVersion" -> fields.apiVersion = json.text(name);
                    case "cacheKeyType" -> fields.cacheKeyType = json.text(name);
                    case "cacheDuration" -> fields.cacheDuration = json.text(name);
                    case "auth" -> auth(json, fields.keys);
                    default -> {} // Later versions may say more.
                  }
                }));
    if (!fields.kind.equals("CredentialProviderResponse")) {
      throw new UnusableException("kind is not CredentialProviderResponse");
    }
    if (!fields.apiVersion.equals(apiVersion)) {
      throw new UnusableException("apiVersion is not " + apiVersion);
    }
    return new ProviderResponse(
        CacheKeyType.parse(fields.cacheKeyType),
        cacheDuration(fields.cacheDuration),
        Keyring.of(fields.keys));
  }

  private static Optional<Duration> cacheDuration(String text) throws UnusableException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> duration = GoDuration.parse(text).filter(time -> !time.isNegative());
    if (duration.isEmpty()) {
      throw new UnusableException("cacheDuration is no duration");
    }
    return duration;
  }

  private static void auth(StrictJson json, List<Keyring.Key> keys)
      throws IOException, UnusableException {
    if (json.isNull()) {
      return;
    }
    json.fields(
        "auth",
        key -> {
          Optional<Credential> credential = credential(json);
          Optional<ImagePattern> pattern = ImagePattern.parse(key);
          if (credential.isPresent() && pattern.isPresent()) {
            keys.add(new Keyring.Key(pattern.get(), credential.get()));
          }
        });
  }

  private static Optional<Credential> credential(StrictJson json)
      throws IOException, UnusableException {
    if (json.isNull()) {
      return Optional.empty();
    }
    String[] pair = {"", ""};
    json.fields(
        "an entry of auth",
        field -> {
          switch (field) {
            case "username" -> pair[0] = json.text("username");
            case "password" -> pair[1] = json.text("password");
            default -> {} // Later versions may say more.
          }
        });
    return DockerConfig.password(pair[0], pair[1], "an entry of auth");
  }

  /** For which images an answer counts. */
  enum CacheKeyType {
    IMAGE,
    REGISTRY,
    GLOBAL;

    private static CacheKeyType parse(String text) throws UnusableException {
      return switch (text) {
        case "Image" -> IMAGE;
        case "Registry" -> REGISTRY;
        case "Global" -> GLOBAL;
        default -> throw new UnusableException("cacheKeyType is not Image, Registry or Global");
      };
    }

    /** What all images share for which the answer about {@code image} counts. */
    String of(ImageName image) {
      return switch (this) {
        case IMAGE -> image.toString();
        case REGISTRY -> image.registry();
        case GLOBAL -> "";
      };
    }
  }
}
