package dev.tarn.core.transfer;

import static dev.tarn.core.transfer.TransferFixture.CHUNK;
import static dev.tarn.core.transfer.TransferFixture.bytes;
import static dev.tarn.core.transfer.TransferFixture.join;
import static dev.tarn.core.transfer.TransferFixture.read;
import static dev.tarn.core.transfer.TransferFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.transfer.Transfer.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers that continue what an earlier one left. */
class TransferResumeTest {
  @TempDir Path directory;
  private TransferFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new TransferFixture(directory);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private void leave(byte[] content, int start, int end) throws IOException {
    Transfer transfer = fixture.start(content);
    write(transfer, content, start, end);
    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();
  }

  @Test
  void afterARestartOnlyWhatIsMissingHasToBeWritten() throws IOException {
    byte[] content = bytes(1, 3 * CHUNK + 77);
    leave(content, 0, 2 * CHUNK + 500);
    fixture.restart();

    Transfer resumed = fixture.start(content);
    try (TransferReader reader = join(resumed)) {
      assertThat(resumed.receivedBytes()).isEqualTo(2L * CHUNK);
      assertThat(resumed.firstMissing(0)).isEqualTo(2L * CHUNK);
      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(2L * CHUNK));
      assertThat(read(reader, 0, 10)).startsWith(content[0], content[1], content[2]);

      write(resumed, content, 2 * CHUNK, content.length);

      assertThat(resumed.complete(content.length)).isTrue();
      resumed.writerDone();
      assertThat(read(reader, 0, content.length)).isEqualTo(content);
    }
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(content.length);
  }

  @Test
  void keptChunksThatLieAheadAreSeenAndCounted() throws IOException {
    byte[] content = bytes(2, 3 * CHUNK);
    leave(content, CHUNK, 3 * CHUNK);
    fixture.restart();

    Transfer resumed = fixture.start(content);

    assertThat(resumed.firstMissing(0)).isZero();
    assertThat(resumed.gapEnd(0)).isEqualTo(CHUNK);
    assertThat(resumed.firstMissing(CHUNK)).isEqualTo(3L * CHUNK);
    write(resumed, content, 0, CHUNK);
    assertThat(resumed.complete(content.length)).isTrue();
    resumed.writerDone();
  }

  @Test
  void theDigestCoversWhatWasKeptToo() throws IOException {
    byte[] content = bytes(3, 2 * CHUNK);
    byte[] wrong = content.clone();
    wrong[17] ^= 1;
    Transfer first = fixture.start(content);
    write(first, wrong, 0, CHUNK);
    first.fail(TransferFailure.SOURCE);
    first.writerDone();

    Transfer resumed = fixture.start(content);
    write(resumed, content, CHUNK, content.length);

    assertThat(resumed.complete(content.length)).isFalse();
    resumed.writerDone();
    assertThat(fixture.store.partialSize(Digest.sha256(content))).isEmpty();
  }

  @Test
  void chunksOfAResumedTransferAreKeptAgain() throws IOException {
    byte[] content = bytes(4, 3 * CHUNK);
    leave(content, 0, CHUNK);
    leave(content, CHUNK, 2 * CHUNK);

    Transfer third = fixture.start(content);

    assertThat(third.firstMissing(0)).isEqualTo(2L * CHUNK);
    third.fail(TransferFailure.SOURCE);
    third.writerDone();
  }

  @Test
  void ofUnknownSizeNothingIsKept() throws IOException {
    byte[] content = bytes(5, 2 * CHUNK);
    Transfer transfer = fixture.start(Digest.sha256(content), BlobStore.UNKNOWN_SIZE);
    write(transfer, content, 0, CHUNK + 5);

    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();

    assertThat(fixture.store.partialSize(Digest.sha256(content))).isEmpty();
  }
}
