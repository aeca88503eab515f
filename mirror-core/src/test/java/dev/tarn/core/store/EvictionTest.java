package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvictionTest {
  private static final int KB8 = 8192;
  private static final long GB = 1L << 30;

  @TempDir Path root;
  private StoreFixture fixture;

  @BeforeEach
  void create() {
    fixture = new StoreFixture(root);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private void openWithLimit(long bytes) throws IOException {
    fixture.options = fixture.options.withMaxBytes(bytes);
    fixture.openFilled();
  }

  /** A file system of 1000 GB, so that one percent is 10 GB. */
  private void free(double percent) {
    fixture.space.total = 1000 * GB;
    fixture.space.usable = (long) (percent * 10 * GB);
    fixture.clock.advance(RoomKeeper.SPACE_BELIEVED);
  }

  private Digest[] putMany(int count) throws IOException {
    Digest[] digests = new Digest[count];
    for (int i = 0; i < count; i++) {
      digests[i] = fixture.put(bytes(i, KB8));
    }
    return digests;
  }

  private int held(Digest... digests) throws IOException {
    int held = 0;
    for (Digest digest : digests) {
      held += fixture.store.sizeOf(digest).isPresent() ? 1 : 0;
    }
    return held;
  }

  @Test
  void theStoreNeverTakesMoreThanItsLimitAndKeepsWhatIsNew() throws IOException {
    openWithLimit(10 * KB8);
    Digest first = fixture.put(bytes(0, KB8));
    for (int i = 1; i < 30; i++) {
      Digest digest = fixture.put(bytes(i, KB8));
      assertThat(fixture.has(digest)).isTrue();
      assertThat(fixture.store.statistics().bytes()).isLessThanOrEqualTo(10 * KB8);
    }
    assertThat(fixture.has(first)).isFalse();
    assertThat(fixture.store.statistics().evictedBlobs()).isEqualTo(20);
    assertThat(fixture.store.statistics().evictedBytes()).isEqualTo(20 * KB8);
    assertThat(fixture.files("blobs")).hasSize(10);
    fixture.assertTidy();
  }

  @Test
  void whatIsBeingReadIsNotEvicted() throws IOException {
    openWithLimit(4 * KB8);
    Digest read = fixture.put(bytes(100, KB8));
    try (StoredBlob _ = fixture.opened(read)) {
      putMany(20);
      assertThat(fixture.store.sizeOf(read)).isPresent();
      assertThat(fixture.store.statistics().bytes()).isLessThanOrEqualTo(4 * KB8);
    }
    fixture.assertTidy();
  }

  @Test
  void whereAllIsBeingReadThereIsNoRoomAndNothingIsEvicted() throws IOException {
    openWithLimit(4 * KB8);
    Digest[] digests = putMany(4);
    List<StoredBlob> readers = new ArrayList<>();
    for (Digest digest : digests) {
      readers.add(fixture.opened(digest));
    }
    assertThatThrownBy(() -> fixture.put(bytes(50, KB8))).isInstanceOf(NoRoomException.class);
    assertThat(fixture.store.admit(Digest.sha256("x"), KB8)).isInstanceOf(Admission.NoRoom.class);
    assertThat(held(digests)).isEqualTo(4);
    readers.getFirst().close();
    Digest more = fixture.put(bytes(50, KB8));
    assertThat(fixture.has(more)).isTrue();
    assertThat(held(digests)).isEqualTo(3);
    assertThat(fixture.store.sizeOf(digests[0])).isEmpty();
    readers.forEach(StoredBlob::close);
    fixture.assertTidy();
  }

  @Test
  void contentThatIsLargerThanTheLimitEvictsNothing() throws IOException {
    openWithLimit(4 * KB8);
    Digest[] digests = putMany(4);
    assertThat(fixture.store.admit(Digest.sha256("x"), 4 * KB8 + 1))
        .isInstanceOf(Admission.NoRoom.class);
    assertThat(held(digests)).isEqualTo(4);
    fixture.assertTidy();
  }

  @Test
  void roomThatIsClaimedIsNotGivenTwice() throws IOException {
    openWithLimit(4 * KB8);
    PartialBlob first = fixture.admit(Digest.sha256("first"), 3 * KB8);
    assertThat(fixture.store.admit(Digest.sha256("second"), 2 * KB8))
        .isInstanceOf(Admission.NoRoom.class);
    PartialBlob small = fixture.admit(Digest.sha256("second"), KB8);
    assertThat(fixture.store.statistics().limitBytes()).isZero();
    small.close();
    first.close();
    assertThat(fixture.store.statistics().limitBytes()).isEqualTo(4 * KB8);
    fixture.admit(Digest.sha256("second"), 4 * KB8).close();
    fixture.assertTidy();
  }

  @Test
  void roomIsMadeBeforeTheFirstByteArrives() throws IOException {
    openWithLimit(4 * KB8);
    putMany(4);
    try (PartialBlob _ = fixture.admit(Digest.sha256("x"), 3 * KB8)) {
      assertThat(fixture.store.statistics().bytes()).isEqualTo(KB8);
      assertThat(fixture.store.statistics().limitBytes()).isEqualTo(KB8);
    }
  }

  @Test
  void contentOfUnknownSizeIsStoppedAtTheLimit() throws IOException {
    openWithLimit(32L << 20);
    try (PartialBlob partial = fixture.admit(Digest.sha256("x"), BlobStore.UNKNOWN_SIZE)) {
      ByteBuffer megabyte = ByteBuffer.allocate(1 << 20);
      assertThatThrownBy(
              () -> {
                for (long at = 0; at < 64L << 20; at += 1 << 20) {
                  partial.write(megabyte.clear(), at);
                }
              })
          .isInstanceOf(NoRoomException.class);
      assertThat(partial.channel().size()).isBetween(27L << 20, 32L << 20);
    }
    fixture.assertTidy();
  }

  @Test
  void partialContentThatNobodyWritesGivesWayFirst() throws IOException {
    openWithLimit(3L * BlobStoreContract.CHUNK);
    Digest[] digests = putMany(3);
    byte[] content = bytes(9, 2 * BlobStoreContract.CHUNK);
    try (PartialBlob partial = fixture.admit(Digest.sha256(content), content.length)) {
      StoreFixture.write(partial, content, 0, BlobStoreContract.CHUNK);
    }
    assertThat(fixture.store.partialSize(Digest.sha256(content))).isPresent();
    fixture.admit(Digest.sha256("x"), 2L * BlobStoreContract.CHUNK).close();
    assertThat(fixture.store.partialSize(Digest.sha256(content))).isEmpty();
    assertThat(held(digests)).isEqualTo(3);
    fixture.assertTidy();
  }

  @Test
  void aLowerLimitCountsForOldContentFromTheNextStartOn() throws IOException {
    // given
    fixture.openFilled();
    Digest[] digests = putMany(10);
    fixture.close();
    for (int i = 0; i < 10; i++) {
      String hex = digests[i].hex();
      // the higher the number the longer unused
      FileTime used = FileTime.from(fixture.clock.instant().minus(Duration.ofHours(i)));
      Files.setLastModifiedTime(
          root.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex), used);
    }
    // when
    openWithLimit(4 * KB8);
    // then
    for (int i = 0; i < 10; i++) {
      assertThat(fixture.store.sizeOf(digests[i]).isPresent()).as("blob %d", i).isEqualTo(i < 4);
    }
    assertThat(fixture.store.statistics().blobs()).isEqualTo(4);
    assertThat(fixture.store.statistics().evictedBlobs()).isEqualTo(6);
    fixture.assertTidy();
  }

  @Test
  void whatIsReadWhileTheBooksAreFilledIsNotEvicted() throws IOException {
    fixture.openFilled();
    Digest[] digests = putMany(4);
    fixture.close();
    fixture.options = fixture.options.withMaxBytes(KB8);
    fixture.open();
    try (StoredBlob _ = fixture.opened(digests[2])) {
      fixture.work();
      assertThat(fixture.store.sizeOf(digests[2])).isPresent();
      assertThat(fixture.store.statistics().blobs()).isEqualTo(1);
    }
    fixture.store.maintain();
    assertThat(fixture.store.sizeOf(digests[2])).isPresent();
    fixture.assertTidy();
  }

  @Test
  void whoNeedsRoomBeforeTheBooksAreFilledFillsThem() throws IOException {
    fixture.openFilled();
    Digest[] digests = putMany(4);
    fixture.close();
    fixture.options = fixture.options.withMaxBytes(4 * KB8);
    fixture.open();
    // Little is claimed: no need to know.
    fixture.admit(Digest.sha256("x"), KB8).close();
    assertThat(fixture.store.statistics().blobs()).isZero();
    free(10);
    assertThat(fixture.store.admit(Digest.sha256("y"), KB8)).isInstanceOf(Admission.NoRoom.class);
    assertThat(held(digests)).isZero();
    fixture.work();
    fixture.assertTidy();
  }

  @Test
  void theCacheShrinksWhenOthersFillTheDiskAndGrowsAgainLater() throws IOException {
    fixture.openFilled();
    Digest[] digests = putMany(10);
    free(15.9);
    fixture.store.maintain();
    assertThat(held(digests)).isZero();
    assertThat(fixture.store.statistics().squeezed()).isTrue();
    assertThat(fixture.store.admit(Digest.sha256("x"), 1)).isInstanceOf(Admission.NoRoom.class);
    free(50);
    fixture.store.maintain();
    assertThat(fixture.store.statistics().squeezed()).isFalse();
    assertThat(held(putMany(10))).isEqualTo(10);
    fixture.assertTidy();
  }

  @Test
  void aReserveStaysUsableOnAFullNode() throws IOException {
    fixture.openFilled();
    free(18);
    fixture.store.maintain();
    assertThat(fixture.store.statistics().squeezed()).isTrue();
    assertThat(fixture.store.statistics().limitBytes()).isEqualTo(20 * GB);
    Digest digest = fixture.put(bytes(1, KB8));
    assertThat(fixture.has(digest)).isTrue();
    assertThat(fixture.store.admit(Digest.sha256("x"), 21 * GB))
        .isInstanceOf(Admission.NoRoom.class);
    fixture.admit(Digest.sha256("x"), 15 * GB).close();
    fixture.assertTidy();
  }

  @Test
  void aTransferStopsWhenOthersUseUpTheReserve() throws IOException {
    fixture.openFilled();
    Digest[] digests = putMany(3);
    int length = 3 * BlobStoreContract.CHUNK;
    try (PartialBlob partial = fixture.admit(Digest.sha256("x"), length)) {
      ByteBuffer chunk = ByteBuffer.allocate(BlobStoreContract.CHUNK);
      partial.write(chunk.clear(), 0);
      free(15);
      assertThatThrownBy(() -> partial.write(chunk.clear(), BlobStoreContract.CHUNK))
          .isInstanceOf(NoRoomException.class)
          .hasMessageContaining("reserve");
      assertThat(held(digests)).isZero();
      free(17);
      partial.write(chunk.clear(), 2L * BlobStoreContract.CHUNK);
    }
    fixture.assertTidy();
  }

  @Test
  void freeSpaceIsReadAtMostOnceASecondWhileThereIsRoom() throws IOException {
    fixture.openFilled();
    putMany(1);
    int before = fixture.space.readings;
    putMany(20);
    assertThat(fixture.space.readings).isEqualTo(before);
    fixture.clock.advance(RoomKeeper.SPACE_BELIEVED);
    fixture.put(bytes(99, KB8));
    assertThat(fixture.space.readings).isEqualTo(before + 1);
  }

  @Test
  void freeSpaceIsReadAfreshBeforeAnythingIsRefused() throws IOException {
    fixture.openFilled();
    free(10);
    fixture.store.maintain();
    fixture.space.usable = 900 * GB;
    assertThat(fixture.has(fixture.put(bytes(1, KB8)))).isTrue();
  }

  @Test
  void whatIsPublishedIsPinnedWhileItsWriterHoldsIt() throws IOException {
    openWithLimit(4 * KB8);
    byte[] content = bytes(70, KB8);
    Digest digest = Digest.sha256(content);
    PartialBlob partial = fixture.admit(digest, content.length);
    partial.write(ByteBuffer.wrap(content), 0);
    partial.publish(content.length);
    assertThat(fixture.store.pinnedRoom()).isEqualTo(KB8);
    putMany(20);
    assertThat(fixture.store.sizeOf(digest)).isPresent();
    partial.close();
    assertThat(fixture.store.pinnedRoom()).isZero();
    fixture.assertTidy();
  }
}
