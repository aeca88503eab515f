package dev.tarn.server.mirror;

import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.TagRecord;
import dev.tarn.core.tag.TagStore;
import dev.tarn.server.mirror.MirrorRequest.OfManifest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What tags were last known to name, and for how long that is believed. Thread-safe; {@link
 * #believed} runs on an event loop.
 *
 * <p>What a registry says depends on what the asker takes: who does not name manifest lists may be
 * given one platform's manifest. So an answer is believed for those who take no more than who asked
 * for it, and never replaces one to somebody who takes more.
 *
 * <p>An answer that upstream gave to a question from before an invalidation is not kept: it may be
 * the very one that was to be forgotten. So whoever asks takes a {@link #now} first.
 */
final class KnownTags {
  private static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** What to take so that the answer is good for all who ask. */
  static final String TAKES_LISTS =
      String.join(
          ", ",
          OCI_INDEX,
          DOCKER_LIST,
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json",
          "*/*");

  private final Registries registries;
  private final TagStore tags;
  private final Clock clock;
  private final MirrorListener listener;
  private final AtomicLong invalidations = new AtomicLong();

  KnownTags(Registries registries, TagStore tags, Clock clock, MirrorListener listener) {
    this.registries = registries;
    this.tags = tags;
    this.clock = clock;
    this.listener = listener;
  }

  /** What the tag names, where that is believed without asking upstream; else null. */
  @Nullable TagRecord believed(OfManifest request, Tag tag) {
    Scope scope = request.scope();
    TagRules rules = registries.tags(scope);
    boolean immutable = rules.isImmutable(scope.repository(), tag);
    Duration maxAge = rules.maxAge(scope.repository());
    if (!immutable && !maxAge.isPositive()) {
      return null;
    }
    TagRecord last = last(scope, tag);
    if (last == null || (!last.full() && takesLists(request.accept()))) {
      return null;
    }
    return immutable || clock.instant().isBefore(last.checked().plus(maxAge)) ? last : null;
  }

  private static boolean takesLists(String accept) {
    return accept.contains(OCI_INDEX) && accept.contains(DOCKER_LIST);
  }

  boolean isImmutable(Scope scope, Tag tag) {
    return registries.tags(scope).isImmutable(scope.repository(), tag);
  }

  /** What the tag was last known to name, or null where nothing is known. */
  @Nullable TagRecord last(Scope scope, Tag tag) {
    return tags.find(scope.registry(), scope.repository(), tag);
  }

  /** When a question is put, in invalidations. */
  long now() {
    return invalidations.get();
  }

  /**
   * Notes what upstream said that the tag names.
   *
   * @param asked {@link #now} as it was when upstream was asked
   */
  void remember(OfManifest request, Tag tag, Descriptor named, long asked) {
    remember(request.scope(), request.accept(), tag, named, asked);
  }

  void remember(Scope scope, String accept, Tag tag, Descriptor named, long asked) {
    boolean full =
        takesLists(accept)
            || named.mediaType().equals(OCI_INDEX)
            || named.mediaType().equals(DOCKER_LIST);
    TagRecord last = last(scope, tag);
    if (asked != now() || (last != null && last.full() && !full)) {
      return;
    }
    TagRecord record =
        new TagRecord(named.digest(), named.mediaType(), named.size(), clock.instant(), full);
    try {
      try {
        tags.record(scope.registry(), scope.repository(), tag, record);
      } finally {
        if (asked != now()) {
          // An invalidation came in between, and may have found nothing to drop yet.
          forget(scope, tag);
        }
      }
    } catch (IOException e) {
      listener.trouble("tag_not_kept", scope, tag, String.valueOf(e));
    }
  }

  void forget(Scope scope, Tag tag) throws IOException {
    tags.forget(scope.registry(), scope.repository(), tag);
  }

  /**
   * Drops what is known of a tag, or of all tags of the repository.
   *
   * @return what was known of them
   * @throws IOException where it could not be dropped from the disk: it is known again after a
   *     restart
   */
  List<InvalidatedTag> invalidate(Scope scope, Optional<Tag> only) throws IOException {
    invalidations.incrementAndGet();
    Collection<Tag> dropped =
        only.isPresent() ? only.stream().toList() : tags.tags(scope.registry(), scope.repository());
    List<InvalidatedTag> known = new ArrayList<>();
    IOException failure = null;
    for (Tag tag : dropped) {
      TagRecord last = last(scope, tag);
      try {
        forget(scope, tag);
      } catch (IOException e) {
        failure = e;
      }
      if (last != null) {
        known.add(new InvalidatedTag(tag, last.digest(), last.checked()));
      }
    }
    if (failure != null) {
      throw failure;
    }
    return known;
  }
}
