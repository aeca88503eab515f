package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.store.BlobStore.Admission;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.upstream.Caller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fetch with peers does about its place on disk. */
class PeerFetchTest {
  private static final Sample BLOB = Sample.blob(1, 100_000);
  private static final Scope SCOPE =
      new Scope(
          RegistryHost.parse("registry.test").orElseThrow(),
          RepositoryName.parse("library/app").orElseThrow());

  @TempDir Path directory;

  /** A client that was challenged comes back at once, while peers still read what came for it. */
  @Test
  void whatAnotherAttemptHasNotLetGoOfIsNoPlaceOnDisk() throws IOException {
    try (DiskBlobStore store =
        DiskBlobStore.open(
            StoreOptions.defaults(directory),
            Clock.systemUTC(),
            FileSystemSpace.of(directory),
            Runnable::run)) {
      PeerFetch fetch = fetch(store);
      Admission admission = store.admit(BLOB.digest(), BLOB.size());
      assertThat(admission).isInstanceOf(Admission.Admitted.class);
      try (PartialBlob before = ((Admission.Admitted) admission).partial()) {
        assertThatThrownBy(() -> fetch.create(BLOB.size())).isInstanceOf(IOException.class);
        before.discard();
      }

      try (ArrivingFile file = fetch.create(BLOB.size())) {
        assertThat(file.channel().isOpen()).isTrue();
      }
    }
  }

  /** Without peers: nobody is asked for anything. */
  @SuppressWarnings("NullAway")
  private PeerFetch fetch(DiskBlobStore store) throws IOException {
    PartsUpstream upstream = new PartsUpstream(BLOB);
    RecordedRights recorded =
        RecordedRights.open(
            directory,
            new Registries(
                List.of(
                    new MirroredRegistry(
                        SCOPE.registry(), upstream, repository -> Duration.ZERO))));
    BlobFetch.Tools tools =
        new BlobFetch.Tools(
            store,
            recorded.rights(),
            MirrorListener.NONE,
            attempt -> {},
            () -> 0L,
            wrong -> {},
            () -> false,
            Runnable::run);
    return new PeerFetch(
        new Wanted.OfBlob(SCOPE, BLOB.digest(), Caller.anonymous()),
        false,
        upstream,
        tools,
        new PeerFetches(store, recorded.deliveries(), Runnable::run).with(null));
  }
}
