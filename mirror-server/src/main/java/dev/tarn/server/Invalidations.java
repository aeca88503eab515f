package dev.tarn.server;

import dev.tarn.core.name.ImageReference;
import dev.tarn.core.name.NearestName;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.Tag;
import dev.tarn.server.admin.Invalidation;
import dev.tarn.server.admin.Invalidation.KnownTag;
import dev.tarn.server.admin.Invalidation.Reason;
import dev.tarn.server.metrics.Metrics;
import dev.tarn.server.mirror.InvalidatedTag;
import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has the mirror forget the tags that an operator names. Blocks. */
final class Invalidations {
  static final String BY_DIGEST =
      "content that is named by its digest cannot be out of date: name a tag, or the repository"
          + " for all its tags";

  private final Mirror mirror;
  private final Metrics metrics;
  private final Set<RegistryHost> mirrored;

  Invalidations(Mirror mirror, Metrics metrics, Set<RegistryHost> mirrored) {
    this.mirror = mirror;
    this.metrics = metrics;
    this.mirrored = mirrored;
  }

  Invalidation invalidate(String reference) {
    Optional<ImageReference> image = ImageReference.parse(reference);
    return image.isPresent()
        ? invalidate(image.get())
        : new Invalidation.Refused(
            Reason.MALFORMED, "not an image reference such as docker.io/library/nginx:1.27");
  }

  private Invalidation invalidate(ImageReference image) {
    if (image.reference().orElse(null) instanceof Reference.ByDigest) {
      return new Invalidation.Refused(Reason.DIGEST, BY_DIGEST);
    }
    if (!mirrored.contains(image.registry())) {
      return new Invalidation.Refused(
          Reason.NOT_MIRRORED, image.registry() + " is not mirrored here" + hint(image.registry()));
    }
    Optional<Tag> tag =
        image.reference().orElse(null) instanceof Tag named ? Optional.of(named) : Optional.empty();
    try {
      List<InvalidatedTag> dropped =
          mirror.invalidate(new Scope(image.registry(), image.repository()), tag);
      metrics.of(image.registry()).tagsInvalidated(dropped.size());
      NodeEvents.invalidated(image.toString(), dropped.size());
      return new Invalidation.Done(
          image.toString(), dropped.stream().map(Invalidations::known).toList());
    } catch (IOException e) {
      NodeEvents.invalidationFailed(image.toString(), e);
      return new Invalidation.Failed(
          "what is known of it on disk cannot be deleted, and counts again after a restart");
    }
  }

  private static KnownTag known(InvalidatedTag tag) {
    return new KnownTag(tag.tag().value(), tag.digest().toString(), tag.checked());
  }

  private String hint(RegistryHost registry) {
    List<String> names = mirrored.stream().map(RegistryHost::value).toList();
    return NearestName.of(registry.value(), names)
        .map(nearest -> "; did you mean " + nearest + "?")
        .orElse("; mirrored are " + String.join(", ", names));
  }
}
