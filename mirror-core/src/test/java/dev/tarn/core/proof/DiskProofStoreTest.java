package dev.tarn.core.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.SettableSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.tag.DiskTagStore;
import dev.tarn.core.tag.TagRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskProofStoreTest {
  private static final RegistryHost REGISTRY = new RegistryHost("localhost:5000");
  private static final RepositoryName REPOSITORY = new RepositoryName("team/app");
  private static final Digest DIGEST = Digest.sha256("layer");
  private static final Instant DAY_ONE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant DAY_TWO = Instant.parse("2026-01-02T00:00:00Z");

  @TempDir Path root;
  private Catalog catalog;
  private DiskProofStore proofs;

  @BeforeEach
  void open() throws IOException {
    catalog = Catalog.open(root.resolve("catalog"));
    proofs = new DiskProofStore(catalog);
  }

  private static Proof proof(boolean anonymous, Instant when) {
    return new Proof("application/octet-stream", 5, anonymous, when);
  }

  private DiskBlobStore openStore() throws IOException {
    return DiskBlobStore.open(
        StoreOptions.defaults(root.resolve("store")),
        Clock.systemUTC(),
        new SettableSpace(),
        Runnable::run);
  }

  @Test
  void withoutARecordThereIsNoProof() {
    assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isNull();
  }

  @Test
  void aProofIsFoundAgainAlsoAfterARestart() throws IOException {
    Proof proof = proof(false, DAY_ONE);
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof);
    assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isEqualTo(proof);
    assertThat(new DiskProofStore(catalog).find(REGISTRY, REPOSITORY, DIGEST)).isEqualTo(proof);
  }

  @Test
  void aProofCountsForItsRepositoryAndRegistryAlone() throws IOException {
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_ONE));
    assertThat(proofs.find(REGISTRY, new RepositoryName("team"), DIGEST)).isNull();
    assertThat(proofs.find(new RegistryHost("localhost"), REPOSITORY, DIGEST)).isNull();
    assertThat(proofs.find(REGISTRY, REPOSITORY, Digest.sha256("other"))).isNull();
  }

  @Test
  void onceAnonymousStaysAnonymous() throws IOException {
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_ONE));
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(false, DAY_TWO));
    assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isEqualTo(proof(true, DAY_TWO));
    assertThat(new DiskProofStore(catalog).find(REGISTRY, REPOSITORY, DIGEST))
        .isEqualTo(proof(true, DAY_TWO));
  }

  @Test
  void whatWasPrivateBecomesAnonymousOnceItWasSeenSo() throws IOException {
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(false, DAY_ONE));
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_TWO));
    assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isEqualTo(proof(true, DAY_TWO));
  }

  @Test
  void sweepingDropsOldProofsOfContentThatIsGone() throws IOException {
    // given
    Digest gone = Digest.sha256("gone");
    Digest fresh = Digest.sha256("fresh");
    DiskTagStore tags = new DiskTagStore(catalog);
    TagRecord tagged = new TagRecord(gone, "text/plain", 1, DAY_ONE, false);
    tags.record(REGISTRY, REPOSITORY, new Tag("v1"), tagged);
    try (DiskBlobStore store = openStore()) {
      store.put(DIGEST, ByteBuffer.wrap("layer".getBytes(StandardCharsets.UTF_8)));
      proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_ONE));
      proofs.record(REGISTRY, REPOSITORY, gone, proof(true, DAY_ONE));
      proofs.record(REGISTRY, new RepositoryName("old"), gone, proof(true, DAY_ONE));
      proofs.record(REGISTRY, REPOSITORY, fresh, proof(true, DAY_TWO));
      // when
      int dropped = proofs.sweep(digest -> store.sizeOf(digest).isPresent(), DAY_TWO);
      // then
      assertThat(dropped).isEqualTo(2);
      assertThat(proofs.find(REGISTRY, REPOSITORY, gone)).isNull();
      assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isNotNull();
      assertThat(proofs.find(REGISTRY, REPOSITORY, fresh)).isNotNull();
      assertThat(root.resolve("catalog/localhost:5000/old")).doesNotExist();
      assertThat(new DiskTagStore(catalog).find(REGISTRY, REPOSITORY, new Tag("v1")))
          .isEqualTo(tagged);
      assertThat(proofs.sweep(digest -> store.sizeOf(digest).isPresent(), DAY_TWO)).isZero();
    }
  }

  @Test
  void aProofThatIsTornIsNoneAndIsSwept() throws IOException {
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_TWO));
    Path file = catalog.content(REGISTRY, REPOSITORY, DIGEST);
    Files.writeString(file, Files.readString(file).replace("true", "false"));
    DiskProofStore next = new DiskProofStore(catalog);
    assertThat(next.find(REGISTRY, REPOSITORY, DIGEST)).isNull();
    try (DiskBlobStore store = openStore()) {
      assertThat(next.sweep(digest -> store.sizeOf(digest).isPresent(), DAY_ONE)).isEqualTo(1);
    }
  }

  @Test
  void aProofIsRecordedAfterItsRepositoryWasSweptAway() throws IOException {
    try (DiskBlobStore store = openStore()) {
      proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(true, DAY_ONE));
      proofs.sweep(digest -> store.sizeOf(digest).isPresent(), DAY_TWO);
    }
    proofs.record(REGISTRY, REPOSITORY, DIGEST, proof(false, DAY_TWO));
    assertThat(proofs.find(REGISTRY, REPOSITORY, DIGEST)).isEqualTo(proof(false, DAY_TWO));
  }
}
