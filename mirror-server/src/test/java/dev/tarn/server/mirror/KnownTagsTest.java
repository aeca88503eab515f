package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.tag.DiskTagStore;
import dev.tarn.core.tag.TagRecord;
import dev.tarn.core.tag.TagStore;
import dev.tarn.server.upstream.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownTagsTest {
  private static final Scope SCOPE =
      new Scope(RegistryHost.DOCKER_HUB, new RepositoryName("library/app"));
  private static final Tag TAG = new Tag("v1");
  private static final Descriptor NAMED = new Descriptor("a/b", Digest.sha256("manifest"), 7);

  private static final MirrorRequest.OfManifest REQUEST =
      new MirrorRequest.OfManifest(SCOPE, Caller.anonymous(), true, TAG, "");

  @TempDir private Path directory;
  private HookedStore store;
  private KnownTags tags;

  /** Has something happen before a record is written. */
  private static final class HookedStore implements TagStore {
    private final TagStore store;
    private Runnable beforeRecord = () -> {};

    private HookedStore(TagStore store) {
      this.store = store;
    }

    @Override
    public @Nullable TagRecord find(RegistryHost registry, RepositoryName repository, Tag tag) {
      return store.find(registry, repository, tag);
    }

    @Override
    public void record(RegistryHost registry, RepositoryName repository, Tag tag, TagRecord record)
        throws IOException {
      beforeRecord.run();
      store.record(registry, repository, tag, record);
    }

    @Override
    public Collection<Tag> tags(RegistryHost registry, RepositoryName repository)
        throws IOException {
      return store.tags(registry, repository);
    }

    @Override
    public void forget(RegistryHost registry, RepositoryName repository, Tag tag)
        throws IOException {
      store.forget(registry, repository, tag);
    }
  }

  @BeforeEach
  void open() throws IOException {
    store = new HookedStore(new DiskTagStore(Catalog.open(directory)));
    tags = new KnownTags(new Registries(List.of()), store, Clock.systemUTC(), MirrorListener.NONE);
  }

  private List<InvalidatedTag> invalidate() {
    try {
      return tags.invalidate(SCOPE, Optional.of(TAG));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatUpstreamSaysIsKnown() {
    tags.remember(REQUEST, TAG, NAMED, tags.now());

    assertThat(tags.last(SCOPE, TAG)).extracting(TagRecord::digest).isEqualTo(NAMED.digest());
    assertThat(invalidate()).extracting(InvalidatedTag::digest).containsExactly(NAMED.digest());
    assertThat(tags.last(SCOPE, TAG)).isNull();
  }

  @Test
  void anAnswerFromBeforeAnInvalidationIsNotKept() {
    long asked = tags.now();
    invalidate();

    tags.remember(REQUEST, TAG, NAMED, asked);

    assertThat(tags.last(SCOPE, TAG)).isNull();
  }

  @Test
  void norIsOneThatIsBeingWrittenMeanwhile() {
    store.beforeRecord = this::invalidate;

    tags.remember(REQUEST, TAG, NAMED, tags.now());

    assertThat(tags.last(SCOPE, TAG)).isNull();
  }

  @Test
  void whatTheDiskDoesNotLetGoOfIsSaidAndNotKnown() throws IOException {
    tags.remember(REQUEST, TAG, NAMED, tags.now());
    Path file = directory.resolve("docker.io/library/app/@tags/v1");
    Files.delete(file);
    Files.createDirectories(file.resolve("in-the-way"));

    assertThatThrownBy(() -> tags.invalidate(SCOPE, Optional.of(TAG)))
        .isInstanceOf(IOException.class);
    assertThat(tags.last(SCOPE, TAG)).isNull();
  }
}
