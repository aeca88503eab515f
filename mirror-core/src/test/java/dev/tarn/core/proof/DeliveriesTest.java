package dev.tarn.core.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveriesTest {
  private static final Digest DIGEST = Digest.sha256("layer");
  private static final BlobKey ONE = new BlobKey(new RegistryHost("localhost:5000"), DIGEST);
  private static final BlobKey OTHER = new BlobKey(RegistryHost.DOCKER_HUB, DIGEST);
  private static final RepositoryName REPOSITORY = new RepositoryName("team/app");
  private static final Instant DAY_ONE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant DAY_TWO = Instant.parse("2026-01-02T00:00:00Z");

  @TempDir Path root;
  private final AtomicReference<Instant> now = new AtomicReference<>(DAY_ONE);
  private Catalog catalog;
  private Deliveries deliveries;

  @BeforeEach
  void open() throws IOException {
    catalog = Catalog.open(root.resolve("catalog"));
    deliveries = new Deliveries(catalog, now::get);
  }

  @Test
  void whatIsNotKnownNobodyDelivered() {
    assertThat(deliveries.delivered(ONE)).isFalse();
    assertThat(deliveries.keys(DIGEST)).isEmpty();
    assertThat(deliveries.open(DIGEST)).isNull();
  }

  @Test
  void eachRegistryCountsForItself() throws IOException {
    deliveries.note(ONE, null);

    assertThat(deliveries.delivered(ONE)).isTrue();
    assertThat(deliveries.delivered(OTHER)).isFalse();
    assertThat(deliveries.keys(DIGEST)).containsExactly(ONE);
    assertThat(deliveries.open(DIGEST)).isNull();
  }

  @Test
  void itIsKeptAcrossRestarts() throws IOException {
    deliveries.note(ONE, null);
    deliveries.note(OTHER, REPOSITORY);
    deliveries.arrives(ONE);
    open();

    assertThat(deliveries.keys(DIGEST)).containsExactlyInAnyOrder(ONE, OTHER);
    assertThat(deliveries.open(DIGEST))
        .isEqualTo(new Deliveries.Place(RegistryHost.DOCKER_HUB, REPOSITORY));
    assertThat(deliveries.arrives(ONE)).isTrue();
  }

  @Test
  void whereItIsOpenStaysKnownWhenItComesByACredential() throws IOException {
    deliveries.note(OTHER, REPOSITORY);
    deliveries.note(OTHER, null);
    deliveries.note(ONE, null);

    assertThat(deliveries.open(DIGEST))
        .isEqualTo(new Deliveries.Place(RegistryHost.DOCKER_HUB, REPOSITORY));
  }

  @Test
  void aPartIsOfWhomItBeganToArriveFrom() throws IOException {
    assertThat(deliveries.arrives(ONE)).isFalse();
    assertThat(deliveries.arrives(ONE)).isTrue();
    assertThat(deliveries.arrives(OTHER)).isFalse();
    assertThat(deliveries.arrives(ONE)).isFalse();

    assertThat(deliveries.delivered(ONE)).as("arriving is not delivering").isFalse();
    assertThat(deliveries.keys(DIGEST)).isEmpty();
  }

  @Test
  void whatIsKnownAlreadyIsNotWrittenAgain() throws IOException {
    deliveries.note(ONE, REPOSITORY);
    deliveries.arrives(ONE);
    Path file = catalog.delivery(DIGEST);
    FileTime written = FileTime.from(Instant.EPOCH);
    Files.setLastModifiedTime(file, written);

    deliveries.note(ONE, REPOSITORY);
    deliveries.note(ONE, null);
    deliveries.arrives(ONE);

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "by=docker.io\n", "by=docker.io\nnotedMillis=x\ncrc32c=0\n"})
  void aRecordThatIsDamagedSaysNothing(String text) throws IOException {
    deliveries.note(OTHER, REPOSITORY);
    Files.writeString(catalog.delivery(DIGEST), text);
    open();

    assertThat(deliveries.delivered(OTHER)).isFalse();
    assertThat(deliveries.open(DIGEST)).isNull();
  }

  @Test
  void whatIsHeldNowhereIsForgottenAfterAWhile() throws IOException {
    BlobKey held = new BlobKey(ONE.registry(), Digest.sha256("held"));
    BlobKey young = new BlobKey(ONE.registry(), Digest.sha256("young"));
    deliveries.note(ONE, null);
    deliveries.note(held, null);
    now.set(DAY_TWO);
    deliveries.note(young, null);

    assertThat(deliveries.sweep(held.digest()::equals, DAY_TWO)).isEqualTo(1);

    assertThat(deliveries.delivered(ONE)).isFalse();
    assertThat(deliveries.delivered(held)).isTrue();
    assertThat(deliveries.delivered(young)).isTrue();
  }

  @Test
  void whereNothingWasDeliveredThereIsNothingToSweep() throws IOException {
    assertThat(deliveries.sweep(digest -> false, DAY_TWO)).isZero();
  }

  @Test
  void proofsAndDeliveriesAreSweptApart() throws IOException {
    DiskProofStore proofs = new DiskProofStore(catalog);
    deliveries.note(ONE, null);
    proofs.record(ONE.registry(), REPOSITORY, DIGEST, new Proof("text/plain", 5, false, DAY_ONE));

    assertThat(proofs.sweep(digest -> false, DAY_TWO)).isEqualTo(1);
    assertThat(deliveries.delivered(ONE)).isTrue();
    open();
    assertThat(deliveries.delivered(ONE)).isTrue();
  }
}
