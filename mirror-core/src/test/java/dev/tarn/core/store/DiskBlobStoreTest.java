package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskBlobStoreTest {
  private static final int CHUNK = ChunkGrid.CHUNK_BYTES;

  @TempDir Path root;
  private StoreFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new StoreFixture(root).openFilled();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Test
  void contentThatWasPutIsReadBack() throws IOException {
    // when
    Digest digest = fixture.put(StoreFixture.bytes(1, 1000));
    // then
    assertThat(fixture.has(digest)).isTrue();
    assertThat(fixture.store.sizeOf(digest)).hasValue(1000);
    fixture.assertTidy();
  }

  @Test
  void whatIsNotHereIsAMiss() {
    Digest digest = Digest.sha256("not here");
    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.store.sizeOf(digest)).isEmpty();
  }

  @Test
  void partialContentIsNeverSeenBeforeItIsPublished() throws IOException {
    // given
    byte[] content = StoreFixture.bytes(2, 2 * CHUNK + 5);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = fixture.admit(digest, content.length)) {
      StoreFixture.write(partial, content, 0, content.length);
      // then
      assertThat(fixture.has(digest)).isFalse();
      // when
      partial.publish(content.length);
      // then
      assertThat(fixture.has(digest)).isTrue();
      assertThat(StoreFixture.read(partial.channel(), content.length)).isEqualTo(content);
    }
    fixture.assertTidy();
  }

  @Test
  void aTransferResumesAfterACrashWithTheChunksThatWereFinished() throws IOException {
    // given
    byte[] content = StoreFixture.bytes(3, 3 * CHUNK + 17);
    Digest digest = Digest.sha256(content);
    PartialBlob before = fixture.admit(digest, content.length);
    StoreFixture.write(before, content, 2 * CHUNK, 3 * CHUNK);
    StoreFixture.write(before, content, 0, CHUNK + 100);
    // when
    fixture.crash().openFilled();
    // then
    try (PartialBlob partial = fixture.admit(digest, content.length)) {
      assertThat(partial.resumedChunks()).isEqualTo(BitSet.valueOf(new long[] {0b0101}));
      StoreFixture.write(partial, content, CHUNK, 2 * CHUNK);
      StoreFixture.write(partial, content, 3 * CHUNK, content.length);
      partial.publish(content.length);
    }
    assertThat(fixture.has(digest)).isTrue();
    fixture.assertTidy();
  }

  @Test
  void contentOfUnknownSizeIsStoredButNotResumed() throws IOException {
    byte[] content = StoreFixture.bytes(4, 100_000);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = fixture.admit(digest, BlobStore.UNKNOWN_SIZE)) {
      partial.write(ByteBuffer.wrap(content, 0, 50_000), 0);
    }
    fixture.assertTidy();
    try (PartialBlob partial = fixture.admit(digest, BlobStore.UNKNOWN_SIZE)) {
      assertThat(partial.size()).isEqualTo(BlobStore.UNKNOWN_SIZE);
      assertThat(partial.resumedChunks().isEmpty()).isTrue();
      partial.write(ByteBuffer.wrap(content), 0);
      partial.publish(content.length);
    }
    assertThat(fixture.has(digest)).isTrue();
    fixture.assertTidy();
  }

  @Test
  void removedContentStaysReadableForWhoeverHasItOpen() throws IOException {
    byte[] content = StoreFixture.bytes(5, 5000);
    Digest digest = fixture.put(content);
    try (StoredBlob blob = fixture.opened(digest)) {
      fixture.store.remove(digest);
      assertThat(fixture.store.open(digest)).isNull();
      assertThat(StoreFixture.read(blob.channel(), blob.size())).isEqualTo(content);
    }
    assertThat(fixture.store.statistics().blobs()).isZero();
    fixture.assertTidy();
  }

  @Test
  void aSecondStoreOnTheDirectoryIsRefused() {
    assertThatThrownBy(() -> new StoreFixture(root).open())
        .isInstanceOf(StoreInUseException.class)
        .hasMessageContaining(root.toString());
  }

  @Test
  void whatDoesNotFitIsNotAdmitted() throws IOException {
    fixture.close();
    fixture.options = fixture.options.withMaxBytes(10_000_000);
    fixture.openFilled();
    assertThat(fixture.store.admit(Digest.sha256("big"), 10_000_001))
        .isInstanceOf(Admission.NoRoom.class);
    fixture.assertTidy();
  }

  @Test
  void anEmptyFileInABlobsPlaceIsAMiss() throws IOException {
    Digest digest = fixture.put(StoreFixture.bytes(6, 600));
    Path file = root.resolve("blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex());
    Files.write(file, new byte[0]);
    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.store.sizeOf(digest)).isEmpty();
    assertThat(fixture.store.statistics().blobs()).isZero();
  }

  @Test
  void theLeastRecentlyUsedGoesWhenTheLimitIsReached() throws IOException {
    fixture.close();
    fixture.options = fixture.options.withMaxBytes(10 * 8192);
    fixture.openFilled();
    Digest first = fixture.put(StoreFixture.bytes(0, 8192));
    for (int i = 1; i < 30; i++) {
      Digest digest = fixture.put(StoreFixture.bytes(i, 8192));
      assertThat(fixture.has(digest)).isTrue();
      assertThat(fixture.store.statistics().bytes()).isLessThanOrEqualTo(10 * 8192);
    }
    assertThat(fixture.has(first)).isFalse();
    assertThat(fixture.store.statistics().evictedBlobs()).isEqualTo(20);
    fixture.assertTidy();
  }
}
