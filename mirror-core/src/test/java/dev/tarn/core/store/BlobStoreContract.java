package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static dev.tarn.core.store.StoreFixture.read;
import static dev.tarn.core.store.StoreFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What every {@link BlobStore} does. */
abstract class BlobStoreContract {
  static final int CHUNK = ChunkGrid.CHUNK_BYTES;

  /** The store, empty and with room for at least 100 MB. */
  abstract BlobStore store();

  /** Nothing is left over: no temporary file, no open handle. */
  abstract void assertTidy() throws IOException;

  PartialBlob admit(Digest digest, long size) throws IOException {
    Admission admission = store().admit(digest, size);
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).partial();
  }

  StoredBlob opened(Digest digest) {
    return Objects.requireNonNull(store().open(digest), () -> digest + " is not here");
  }

  boolean has(Digest digest) throws IOException {
    try (StoredBlob blob = store().open(digest)) {
      if (blob == null) {
        return false;
      }
      assertThat(blob.digest()).isEqualTo(digest);
      byte[] content = read(blob.channel(), blob.size());
      assertThat(Digest.of(digest.algorithm(), ByteBuffer.wrap(content))).isEqualTo(digest);
      return true;
    }
  }

  Digest put(byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    store().put(digest, ByteBuffer.wrap(content));
    return digest;
  }

  @Test
  void whatIsNotHereIsAMiss() {
    Digest digest = Digest.sha256("not here");
    assertThat(store().open(digest)).isNull();
    assertThat(store().sizeOf(digest)).isEmpty();
    assertThat(store().partialSize(digest)).isEmpty();
  }

  @Test
  void contentThatWasPutIsReadBack() throws IOException {
    ByteBuffer content = ByteBuffer.wrap(bytes(1, 1000));
    Digest digest = Digest.of(Algorithm.SHA256, content);
    store().put(digest, content);
    assertThat(has(digest)).isTrue();
    assertThat(store().sizeOf(digest)).hasValue(1000);
    assertThat(store().statistics().blobs()).isEqualTo(1);
    assertThat(store().statistics().bytes()).isEqualTo(1000);
    assertTidy();
  }

  @Test
  void contentOfEachAlgorithmIsApart() throws IOException {
    byte[] content = bytes(2, 77);
    Digest digest = Digest.of(Algorithm.SHA512, ByteBuffer.wrap(content));
    store().put(digest, ByteBuffer.wrap(content));
    assertThat(has(digest)).isTrue();
    assertThat(has(Digest.sha256(content))).isFalse();
  }

  @Test
  void puttingTwiceIsLikePuttingOnce() throws IOException {
    Digest digest = put(bytes(3, 500));
    put(bytes(3, 500));
    assertThat(has(digest)).isTrue();
    assertThat(store().statistics().bytes()).isEqualTo(500);
    assertTidy();
  }

  @Test
  void emptyContentIsContent() throws IOException {
    Digest put = Digest.of(Algorithm.SHA512, ByteBuffer.allocate(0));
    store().put(put, ByteBuffer.allocate(0));
    assertThat(has(put)).isTrue();
    assertThat(store().sizeOf(put)).hasValue(0);
    Digest streamed = Digest.sha256("");
    assertThat(store().sizeOf(streamed)).isEmpty();
    try (PartialBlob partial = admit(streamed, 0)) {
      partial.publish(0);
    }
    assertThat(has(streamed)).isTrue();
    assertThat(store().sizeOf(streamed)).hasValue(0);
    assertTidy();
  }

  @Test
  void emptyContentIsNotPublishedForAnotherDigest() throws IOException {
    Digest digest = Digest.sha256("not empty");
    assertThatThrownBy(() -> store().put(digest, ByteBuffer.allocate(0)))
        .isInstanceOf(IOException.class);
    try (PartialBlob partial = admit(digest, BlobStore.UNKNOWN_SIZE)) {
      assertThatThrownBy(() -> partial.publish(0)).isInstanceOf(IOException.class);
    }
    assertThat(store().open(digest)).isNull();
    assertTidy();
  }

  @Test
  void partialContentIsNeverSeenBeforeItIsPublished() throws IOException {
    byte[] content = bytes(4, 2 * CHUNK + 5);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      assertThat(partial.digest()).isEqualTo(digest);
      assertThat(partial.size()).isEqualTo(content.length);
      assertThat(partial.resumedChunks().isEmpty()).isTrue();
      write(partial, content, 0, content.length);
      assertThat(store().open(digest)).isNull();
      assertThat(store().sizeOf(digest)).isEmpty();
      assertThat(store().statistics().partialBytes()).isEqualTo(content.length);
      partial.publish(content.length);
      assertThat(has(digest)).isTrue();
      assertThat(store().statistics().partialBytes()).isZero();
      assertThat(store().statistics().bytes()).isEqualTo(content.length);
    }
    assertTidy();
  }

  @Test
  void bytesAreReadableFromThePartialsFileAtOnceAndAfterPublication() throws IOException {
    byte[] content = bytes(5, 100_000);
    try (PartialBlob partial = admit(Digest.sha256(content), content.length)) {
      partial.write(ByteBuffer.wrap(content, 0, 40_000), 0);
      byte[] start = java.util.Arrays.copyOf(content, 40_000);
      assertThat(read(partial.channel(), 40_000)).isEqualTo(start);
      partial.write(ByteBuffer.wrap(content, 40_000, 60_000), 40_000);
      partial.publish(content.length);
      assertThat(read(partial.channel(), content.length)).isEqualTo(content);
    }
  }

  @Test
  void anyKindOfBufferIsWrittenWholeAndConsumed() throws IOException {
    byte[] content = bytes(6, 9000);
    try (PartialBlob partial = admit(Digest.sha256(content), content.length)) {
      ByteBuffer direct = ByteBuffer.allocateDirect(5000).put(content, 0, 5000).flip();
      ByteBuffer readOnly = ByteBuffer.wrap(content, 5000, 4000).asReadOnlyBuffer();
      partial.write(readOnly, 5000);
      partial.write(direct, 0);
      assertThat(direct.hasRemaining()).isFalse();
      assertThat(readOnly.hasRemaining()).isFalse();
      partial.publish(content.length);
    }
    assertThat(has(Digest.sha256(content))).isTrue();
  }

  @Test
  void whatIsKeptIsResumed() throws IOException {
    byte[] content = bytes(7, 3 * CHUNK + 17);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 2 * CHUNK, 3 * CHUNK);
      write(partial, content, 0, CHUNK + 100);
      partial.keep();
    }
    assertThat(store().open(digest)).isNull();
    assertThat(store().partialSize(digest)).hasValue(content.length);
    assertThat(store().statistics().partialBytes()).isEqualTo(2L * CHUNK);
    try (PartialBlob partial = admit(digest, content.length)) {
      assertThat(partial.resumedChunks()).isEqualTo(BitSet.valueOf(new long[] {0b0101}));
      partial.resumedChunks().clear();
      assertThat(partial.resumedChunks().cardinality()).isEqualTo(2);
      assertThat(store().statistics().partialBytes()).isEqualTo(2L * CHUNK);
      write(partial, content, CHUNK, 2 * CHUNK);
      write(partial, content, 3 * CHUNK, content.length);
      partial.publish(content.length);
    }
    assertThat(has(digest)).isTrue();
    assertThat(store().partialSize(digest)).isEmpty();
    assertTidy();
  }

  @Test
  void whatIsClosedUndecidedIsKept() throws IOException {
    byte[] content = bytes(8, CHUNK + 1);
    Digest digest = Digest.sha256(content);
    PartialBlob partial = admit(digest, content.length);
    write(partial, content, 0, CHUNK);
    partial.close();
    partial.close();
    assertThat(store().partialSize(digest)).hasValue(content.length);
  }

  @Test
  void withoutAFinishedChunkNothingIsKept() throws IOException {
    byte[] content = bytes(9, CHUNK + 1);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, CHUNK - 1);
    }
    assertThat(store().partialSize(digest)).isEmpty();
    assertTidy();
  }

  @Test
  void whatIsDiscardedIsGone() throws IOException {
    byte[] content = bytes(10, CHUNK + 1);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, content.length);
      partial.discard();
      assertThat(read(partial.channel(), content.length)).isEqualTo(content);
    }
    assertThat(store().open(digest)).isNull();
    assertThat(store().partialSize(digest)).isEmpty();
    assertThat(store().statistics().partialBytes()).isZero();
    assertTidy();
  }

  @Test
  void contentOfAnotherSizeStartsAnew() throws IOException {
    byte[] content = bytes(11, 2 * CHUNK);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, CHUNK);
    }
    try (PartialBlob partial = admit(digest, content.length + 1)) {
      assertThat(partial.resumedChunks().isEmpty()).isTrue();
    }
    assertTidy();
  }

  @Test
  void contentOfUnknownSizeIsStoredButNeverResumed() throws IOException {
    byte[] content = bytes(12, 2 * CHUNK + 9);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, BlobStore.UNKNOWN_SIZE)) {
      partial.write(ByteBuffer.wrap(content, 0, CHUNK), 0);
      partial.chunkWritten(0);
    }
    assertThat(store().partialSize(digest)).isEmpty();
    assertTidy();
    try (PartialBlob partial = admit(digest, BlobStore.UNKNOWN_SIZE)) {
      assertThat(partial.size()).isEqualTo(BlobStore.UNKNOWN_SIZE);
      assertThat(partial.resumedChunks().isEmpty()).isTrue();
      partial.write(ByteBuffer.wrap(content), 0);
      partial.publish(content.length);
    }
    assertThat(has(digest)).isTrue();
    assertTidy();
  }

  @Test
  void contentThatWasKeptIsStartedAnewWhereItsSizeIsNoLongerKnown() throws IOException {
    byte[] content = bytes(13, CHUNK + 3);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, CHUNK);
    }
    try (PartialBlob partial = admit(digest, BlobStore.UNKNOWN_SIZE)) {
      assertThat(partial.resumedChunks().isEmpty()).isTrue();
      assertThat(partial.channel().size()).isZero();
    }
    assertTidy();
  }

  @Test
  void aPartialEndsOnlyOnce() throws IOException {
    byte[] content = bytes(14, 10);
    try (PartialBlob partial = admit(Digest.sha256(content), content.length)) {
      partial.write(ByteBuffer.wrap(content), 0);
      partial.publish(content.length);
      assertThatThrownBy(partial::keep).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(partial::discard).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> partial.publish(10)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> partial.chunkWritten(0)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> partial.write(ByteBuffer.wrap(content), 0))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(has(Digest.sha256(content))).isTrue();
  }

  @Test
  void bytesBeyondTheSizeAreRefused() throws IOException {
    try (PartialBlob partial = admit(Digest.sha256("x"), 10)) {
      assertThatThrownBy(() -> partial.write(ByteBuffer.allocate(5), 6))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> partial.write(ByteBuffer.allocate(5), -1))
          .isInstanceOf(IllegalArgumentException.class);
      partial.write(ByteBuffer.allocate(5), 5);
      assertThat(partial.channel().size()).isEqualTo(10);
    }
  }

  @Test
  void whatIsNotAllThereIsNotPublished() throws IOException {
    Digest digest = Digest.sha256("x");
    try (PartialBlob partial = admit(digest, 10)) {
      partial.write(ByteBuffer.allocate(9), 0);
      assertThatThrownBy(() -> partial.publish(9)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> partial.publish(10)).isInstanceOf(IOException.class);
    }
    assertThat(store().open(digest)).isNull();
    assertTidy();
  }

  @Test
  void aSecondPartialOfOneDigestIsAMistake() throws IOException {
    Digest digest = Digest.sha256("x");
    try (PartialBlob _ = admit(digest, 10)) {
      assertThatThrownBy(() -> store().admit(digest, 10)).isInstanceOf(IllegalStateException.class);
    }
    admit(digest, 10).close();
  }

  @Test
  void aSizeIsNotNegative() {
    assertThatThrownBy(() -> store().admit(Digest.sha256("x"), -2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void removedContentStaysReadableForWhoeverHasItOpen() throws IOException {
    byte[] content = bytes(15, 5000);
    Digest digest = put(content);
    try (StoredBlob blob = opened(digest)) {
      store().remove(digest);
      store().remove(digest);
      assertThat(store().open(digest)).isNull();
      assertThat(store().sizeOf(digest)).isEmpty();
      assertThat(read(blob.channel(), blob.size())).isEqualTo(content);
    }
    assertThat(store().statistics().blobs()).isZero();
    assertThat(store().statistics().bytes()).isZero();
    assertTidy();
  }

  @Test
  void removedContentCanBeStoredAgain() throws IOException {
    Digest digest = put(bytes(16, 5000));
    store().remove(digest);
    put(bytes(16, 5000));
    assertThat(has(digest)).isTrue();
    assertThat(store().statistics().blobs()).isEqualTo(1);
  }

  @Test
  void handlesAreIndependentAndCloseOnlyOnce() throws IOException {
    Digest digest = put(bytes(17, 5000));
    StoredBlob one = opened(digest);
    StoredBlob two = opened(digest);
    one.close();
    one.close();
    assertThat(one.channel().isOpen()).isFalse();
    assertThat(Digest.sha256(read(two.channel(), two.size()))).isEqualTo(digest);
    two.close();
    assertTidy();
  }
}
