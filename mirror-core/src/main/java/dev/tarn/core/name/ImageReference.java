package dev.tarn.core.name;

import dev.tarn.core.digest.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image, or all images of a repository, as people write them: {@code nginx:1.27}, {@code
 * quay.io/team/app@sha256:…}, {@code localhost:5000/app}.
 *
 * <p>What is left out is Docker Hub's: without a registry it is {@code docker.io}, and a name of
 * one component there is under {@code library/}. The first component is a registry where it has a
 * dot or a colon, or is {@code localhost}. No tag means none, not {@code latest}.
 *
 * @param reference the tag; the digest where there is one, also beside a tag; else empty
 * @see <a href="https://pkg.go.dev/github.com/distribution/reference">distribution/reference, whose
 *     normalised names containerd uses</a>
 */
public record ImageReference(
    RegistryHost registry, RepositoryName repository, Optional<Reference> reference) {
  private static final int MAX_LENGTH = 1024;

  /** The image that {@code text} names, or empty where it is no reference to one. */
  public static Optional<ImageReference> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int at = text.indexOf('@');
    String named = at < 0 ? text : text.substring(0, at);
    int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
    // Without a slash it is a tag's as well: a registry alone names no image.
    Optional<Tag> tag = colon < 0 ? Optional.empty() : Tag.parse(named.substring(colon + 1));
    Optional<Digest> digest = at < 0 ? Optional.empty() : Digest.parse(text.substring(at + 1));
    if ((colon >= 0 && tag.isEmpty()) || (at >= 0 && digest.isEmpty())) {
      return Optional.empty();
    }
    Reference reference =
        digest.isPresent() ? new Reference.ByDigest(digest.get()) : tag.orElse(null);
    return parse(colon < 0 ? named : named.substring(0, colon), reference);
  }

  private static Optional<ImageReference> parse(String name, @Nullable Reference reference) {
    int slash = name.indexOf('/');
    boolean hasRegistry = slash >= 0 && isRegistry(name.substring(0, slash));
    Optional<RegistryHost> registry =
        hasRegistry
            ? RegistryHost.parse(name.substring(0, slash))
            : Optional.of(RegistryHost.DOCKER_HUB);
    Optional<RepositoryName> written =
        RepositoryName.parse(hasRegistry ? name.substring(slash + 1) : name);
    return registry.flatMap(
        host ->
            written
                .flatMap(
                    repository ->
                        host.equals(RegistryHost.DOCKER_HUB)
                            ? repository.inLibrary()
                            : Optional.of(repository))
                .map(
                    repository ->
                        new ImageReference(host, repository, Optional.ofNullable(reference))));
  }

  private static boolean isRegistry(String component) {
    return component.indexOf('.') >= 0
        || component.indexOf(':') >= 0
        || component.equals("localhost");
  }

  @Override
  public String toString() {
    String name = registry + "/" + repository;
    return reference
        .map(
            found ->
                switch (found) {
                  case Tag tag -> name + ":" + tag;
                  case Reference.ByDigest digest -> name + "@" + digest;
                })
        .orElse(name);
  }
}
