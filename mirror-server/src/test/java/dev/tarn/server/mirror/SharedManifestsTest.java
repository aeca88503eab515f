package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.upstream.Caller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manifest that came to rest between the look for it and the beginning of its transfer: the
 * registry let one caller in.
 */
class SharedManifestsTest {
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final Scope SCOPE =
      new Scope(
          RegistryHost.parse("registry.test").orElseThrow(),
          RepositoryName.parse("library/app").orElseThrow());
  private static final Caller LET_IN = Caller.withAuthorization("Basic bGV0Omlu");
  private static final Caller OTHER = Caller.withAuthorization("Basic b3RoZXI6");

  @TempDir Path directory;

  private final PartsUpstream upstream = new PartsUpstream(MANIFEST);
  private DiskBlobStore store;
  private SharedManifests shared;

  @BeforeEach
  void start() throws IOException {
    Clock clock = Clock.systemUTC();
    store =
        DiskBlobStore.open(
            StoreOptions.defaults(directory), clock, FileSystemSpace.of(directory), Runnable::run);
    Registries registries =
        new Registries(
            List.of(new MirroredRegistry(SCOPE.registry(), upstream, repository -> Duration.ZERO)));
    RecordedRights recorded = RecordedRights.open(directory, registries);
    Rights rights = recorded.rights();
    Transfers transfers =
        new Transfers(
            registries,
            store,
            rights,
            MirrorListener.NONE,
            attempt -> {},
            Runnable::run,
            () -> 0L,
            Duration.ofSeconds(5),
            null);
    shared = new SharedManifests(transfers, new HotManifests(store, MirrorListener.NONE), rights);

    store.put(MANIFEST.digest(), ByteBuffer.wrap(MANIFEST.bytes()));
    rights.proven(
        SCOPE,
        new Descriptor(Sample.MANIFEST_TYPE, MANIFEST.digest(), MANIFEST.bytes().length),
        false);
    rights.delivered(SCOPE, MANIFEST.digest());
    recorded
        .access()
        .of(SCOPE.registry())
        .letIn(upstream.origin(SCOPE.repository()), SCOPE.repository(), LET_IN);
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
  }

  private Wanted.OfManifest wantedBy(Caller caller) {
    return new Wanted.OfManifest(SCOPE, MANIFEST.digest(), "*/*", caller);
  }

  @Test
  void itIsGivenToWhomTheRegistryLetIn() throws Exception {
    assertThat(shared.fetch(wantedBy(LET_IN), false)).isInstanceOf(ManifestAnswer.Fetched.class);
  }

  @Test
  void upstreamIsAskedOnBehalfOfAnybodyElse() throws Exception {
    assertThat(shared.fetch(wantedBy(OTHER), false)).isNull();
    assertThat(shared.fetch(wantedBy(Caller.anonymous()), false)).isNull();
  }

  @Test
  void itIsGivenToWhomTheRegistryHasJustNamedItTo() throws Exception {
    assertThat(shared.fetch(wantedBy(OTHER), true)).isInstanceOf(ManifestAnswer.Fetched.class);
  }

  @Test
  void whatAnotherRegistryDeliveredIsFetchedFromTheOneThatWasAsked() throws Exception {
    Sample another = Sample.manifest(2);
    store.put(another.digest(), ByteBuffer.wrap(another.bytes()));

    assertThat(shared.fetch(new Wanted.OfManifest(SCOPE, another.digest(), "*/*", LET_IN), true))
        .isNull();
  }
}
