package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.StoreStatistics;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A blob that is completed between two looks into the store. */
class StoredMeanwhileTest {
  private static final String A = "Authorization: Bearer secret-of-a";
  private static final Sample BLOB = Sample.blob(1, 1000);

  @TempDir Path directory;

  /** Does not see what it has for the next few looks. */
  private record LateStore(BlobStore store, AtomicInteger blindOpens, AtomicInteger blindLooks)
      implements BlobStore {
    private static boolean isBlind(AtomicInteger looks) {
      return looks.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Override
    public @Nullable StoredBlob open(Digest digest) {
      return isBlind(blindOpens) ? null : store.open(digest);
    }

    @Override
    public OptionalLong sizeOf(Digest digest) {
      return isBlind(blindLooks) ? OptionalLong.empty() : store.sizeOf(digest);
    }

    @Override
    public OptionalLong partialSize(Digest digest) {
      return store.partialSize(digest);
    }

    @Override
    public Admission admit(Digest digest, long size) throws IOException {
      return store.admit(digest, size);
    }

    @Override
    public void put(Digest digest, ByteBuffer content) throws IOException {
      store.put(digest, content);
    }

    @Override
    public void remove(Digest digest) {
      store.remove(digest);
    }

    @Override
    public void forEach(ObjLongConsumer<Digest> blob) {
      store.forEach(blob);
    }

    @Override
    public StoreStatistics statistics() {
      return store.statistics();
    }

    @Override
    public void close() throws IOException {
      store.close();
    }
  }

  @Test
  void itIsNotServedToWhomUpstreamHasNotLetIn() throws IOException {
    AtomicInteger blind = new AtomicInteger();
    MirrorOptions options =
        MirrorOptions.patient()
            .withStore(store -> new LateStore(store, new AtomicInteger(), blind));
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      Reply refusal = Reply.challenge("Basic realm=\"private\"");
      mirror.upstream.on(
          BLOB.path(),
          request -> request.header("Authorization").isPresent() ? BLOB.reply() : refusal);
      mirror.get(BLOB.uri(), A);
      mirror.awaitQuiet();

      blind.set(1);
      assertThat(mirror.get(BLOB.uri()).status()).isEqualTo(401);
      blind.set(1);
      assertThat(mirror.get(BLOB.uri(), A).body()).isEqualTo(BLOB.bytes());

      assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
    }
  }

  @Test
  void upstreamIsNotAskedAboutWhatAnybodyMayHave() throws IOException {
    AtomicInteger blind = new AtomicInteger();
    MirrorOptions options =
        MirrorOptions.patient()
            .withStore(store -> new LateStore(store, blind, new AtomicInteger()));
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
      mirror.get(BLOB.uri());
      mirror.awaitQuiet();
      // Long enough ago for nobody to think that what he got was wrong.
      mirror.nanosAhead.addAndGet(Duration.ofMinutes(6).toNanos());

      blind.set(2); // The look of the event loop, and the first one after it.
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());

      assertThat(blind).hasValue(0);
      assertThat(mirror.upstream.count("HEAD", BLOB.path())).isZero();
      assertThat(mirror.upstream.count("GET", BLOB.path())).isEqualTo(1);
    }
  }

  @Test
  void upstreamIsNotAskedAboutWhatComesToRestWhenItIsLookedForToBeHashed() throws IOException {
    AtomicInteger blind = new AtomicInteger();
    MirrorOptions options =
        MirrorOptions.patient()
            .withStore(store -> new LateStore(store, new AtomicInteger(), blind));
    try (MirrorFixture mirror = MirrorFixture.start(directory, options)) {
      mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
      mirror.get(BLOB.uri());
      mirror.awaitQuiet();

      blind.set(1);
      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());

      assertThat(blind).hasValue(0);
      assertThat(mirror.upstream.requests()).hasSize(1);
    }
  }

  @Test
  void inAnOutageItIsServedThoughItsTrustEndsWhileUpstreamIsAsked() throws IOException {
    try (MirrorFixture mirror = MirrorFixture.start(directory, MirrorOptions.patient())) {
      mirror.upstream.on(BLOB.path(), request -> BLOB.reply());
      mirror.get(BLOB.uri());
      mirror.awaitQuiet();
      mirror.get(BLOB.uri()); // Hashed now, and trusted for a second.
      mirror.now.updateAndGet(now -> now.plus(Duration.ofHours(1))); // No decision lasts.
      mirror.upstream.on(
          BLOB.path(),
          request -> {
            mirror.nanosAhead.addAndGet(Duration.ofSeconds(2).toNanos());
            return Reply.status(503);
          });

      assertThat(mirror.get(BLOB.uri()).body()).isEqualTo(BLOB.bytes());
    }
  }
}
