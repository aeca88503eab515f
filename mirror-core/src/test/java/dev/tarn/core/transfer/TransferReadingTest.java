package dev.tarn.core.transfer;

import static dev.tarn.core.transfer.TransferFixture.CHUNK;
import static dev.tarn.core.transfer.TransferFixture.HELD;
import static dev.tarn.core.transfer.TransferFixture.bytes;
import static dev.tarn.core.transfer.TransferFixture.join;
import static dev.tarn.core.transfer.TransferFixture.read;
import static dev.tarn.core.transfer.TransferFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.transfer.Transfer.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers see, and when they are woken. */
class TransferReadingTest {
  private static final Progress WAITING = new Progress.Waiting();
  private static final Progress AT_END = new Progress.AtEnd();

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

  @Test
  void bytesCanBeReadAsSoonAsTheyAreWritten() throws IOException {
    byte[] content = bytes(1, 300_000);
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      assertThat(reader.progress(0)).isEqualTo(WAITING);

      write(transfer, content, 0, 1000);

      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(1000));
      assertThat(reader.progress(999)).isEqualTo(new Progress.Ready(1000));
      assertThat(reader.progress(1000)).isEqualTo(WAITING);
      assertThat(read(reader, 0, 1000)).startsWith(content[0], content[1]).hasSize(1000);
    }
    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();
  }

  @Test
  void writingOnlyBorrowsTheBytes() throws IOException {
    byte[] content = bytes(1, 300_000);
    Transfer transfer = fixture.start(content);
    ByteBuffer bytes = ByteBuffer.wrap(content, 0, 100);

    transfer.write(0, bytes);

    assertThat(bytes.remaining()).isEqualTo(100);
    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();
  }

  @Test
  void theLastBytesWaitForTheDigest() throws IOException {
    byte[] content = bytes(2, 300_000);
    int limit = content.length - HELD;
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, 0, content.length);

      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(limit));
      assertThat(reader.progress(limit)).isEqualTo(WAITING);
      assertThat(reader.progress(content.length - 1)).isEqualTo(WAITING);
      assertThat(reader.progress(content.length)).isEqualTo(WAITING);

      assertThat(transfer.complete(content.length)).isTrue();

      assertThat(reader.progress(limit)).isEqualTo(new Progress.Ready(content.length));
      assertThat(reader.progress(content.length)).isEqualTo(AT_END);
      assertThat(read(reader, 0, content.length)).isEqualTo(content);
      transfer.writerDone();
    }
  }

  @Test
  void ofContentAsSmallAsTheHeldBackEndNothingIsSeenBeforeItIsVerified() throws IOException {
    byte[] content = bytes(3, HELD);
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, 0, content.length);

      assertThat(reader.progress(0)).isEqualTo(WAITING);

      transfer.complete(content.length);
      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(content.length));
      transfer.writerDone();
    }
  }

  @Test
  void bytesThatCameEarlyAreSeenWhereTheyAre() throws IOException {
    byte[] content = bytes(4, 3 * CHUNK);
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, CHUNK, CHUNK + 5000);

      assertThat(reader.progress(0)).isEqualTo(WAITING);
      assertThat(reader.progress(CHUNK)).isEqualTo(new Progress.Ready(CHUNK + 5000));
      assertThat(transfer.firstMissing(0)).isZero();
      assertThat(transfer.firstMissing(CHUNK)).isEqualTo(CHUNK + 5000);
      assertThat(transfer.gapEnd(0)).isEqualTo(CHUNK);
      assertThat(transfer.gapEnd(CHUNK + 5000)).isEqualTo(content.length);
      assertThat(transfer.receivedBytes()).isEqualTo(5000);
    }
    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();
  }

  @Test
  void contentWrittenInAnyOrderIsVerified() throws IOException {
    byte[] content = bytes(5, 2 * CHUNK + 10);
    Transfer transfer = fixture.start(content);

    write(transfer, content, CHUNK, content.length);
    write(transfer, content, 0, 100);
    write(transfer, content, 50, CHUNK + 3);

    assertThat(transfer.complete(content.length)).isTrue();
    transfer.writerDone();
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(content.length);
  }

  @Test
  void ofUnknownSizeTheEndOfWhatIsHereIsHeldBack() throws IOException {
    byte[] content = bytes(6, 300_000);
    Transfer transfer = fixture.start(Digest.sha256(content), BlobStore.UNKNOWN_SIZE);
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, 0, HELD);
      assertThat(reader.progress(0)).isEqualTo(WAITING);

      write(transfer, content, HELD, content.length);
      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(content.length - HELD));
      assertThat(transfer.size()).isEqualTo(BlobStore.UNKNOWN_SIZE);

      assertThat(transfer.complete(content.length)).isTrue();
      assertThat(transfer.size()).isEqualTo(content.length);
      assertThat(reader.progress(content.length - 1)).isEqualTo(new Progress.Ready(content.length));
      assertThat(reader.progress(content.length)).isEqualTo(AT_END);
      transfer.writerDone();
    }
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(content.length);
  }

  @Test
  void contentWithoutAnyByteIsAtItsEndOnceItIsVerified() throws IOException {
    Transfer transfer = fixture.start(new byte[0]);
    try (TransferReader reader = join(transfer)) {
      assertThat(reader.progress(0)).isEqualTo(WAITING);

      assertThat(transfer.complete(0)).isTrue();

      assertThat(reader.progress(0)).isEqualTo(AT_END);
      transfer.writerDone();
    }
    assertThat(fixture.store.sizeOf(Digest.sha256(new byte[0]))).hasValue(0);
  }

  @Test
  void aReaderIsWokenOnceWhenItsByteIsHere() throws IOException {
    byte[] content = bytes(7, 300_000);
    Transfer transfer = fixture.start(content);
    AtomicInteger wakes = new AtomicInteger();
    try (TransferReader reader = join(transfer)) {
      reader.onProgress(1000, wakes::incrementAndGet);

      write(transfer, content, 0, 1000);
      assertThat(wakes).as("the byte at 1000 is not here yet").hasValue(0);
      assertThat(transfer.waits()).contains(1000);

      write(transfer, content, 1000, 1001);
      assertThat(wakes).hasValue(1);

      write(transfer, content, 1001, content.length);
      transfer.complete(content.length);
      assertThat(wakes).as("only asked once").hasValue(1);
      assertThat(transfer.waits()).isEmpty();
      transfer.writerDone();
    }
  }

  @Test
  void whoWaitsForTheHeldBackEndIsWokenByTheDigestAndNotByTheBytes() throws IOException {
    byte[] content = bytes(8, 300_000);
    Transfer transfer = fixture.start(content);
    AtomicInteger wakes = new AtomicInteger();
    try (TransferReader reader = join(transfer)) {
      reader.onProgress(content.length - HELD, wakes::incrementAndGet);

      write(transfer, content, 0, content.length);
      assertThat(wakes).hasValue(0);

      transfer.complete(content.length);
      assertThat(wakes).hasValue(1);
      transfer.writerDone();
    }
  }

  @Test
  void whereThereIsSomethingToReadTheWakeComesAtOnce() throws IOException {
    byte[] content = bytes(9, 300_000);
    Transfer transfer = fixture.start(content);
    AtomicInteger wakes = new AtomicInteger();
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, 0, 10);
      reader.onProgress(5, wakes::incrementAndGet);
      assertThat(wakes).hasValue(1);

      transfer.fail(TransferFailure.SOURCE);
      reader.onProgress(10, wakes::incrementAndGet);
      assertThat(wakes).as("it failed: nothing to wait for").hasValue(2);
      transfer.writerDone();
    }
  }

  @Test
  void everyWaitingReaderIsWokenOnceByAFailure() throws IOException {
    Transfer transfer = fixture.start(bytes(10, 300_000));
    AtomicInteger first = new AtomicInteger();
    AtomicInteger second = new AtomicInteger();
    try (TransferReader one = join(transfer);
        TransferReader other = join(transfer)) {
      one.onProgress(0, first::incrementAndGet);
      other.onProgress(200_000, second::incrementAndGet);

      transfer.fail(TransferFailure.SOURCE);
      transfer.fail(TransferFailure.STORAGE);

      assertThat(first).hasValue(1);
      assertThat(second).hasValue(1);
      assertThat(transfer.failure()).isEqualTo(TransferFailure.SOURCE);
      transfer.writerDone();
    }
  }

  @Test
  void whoLeftIsNotWoken() throws IOException {
    byte[] content = bytes(11, 300_000);
    Transfer transfer = fixture.start(content);
    AtomicInteger wakes = new AtomicInteger();
    TransferReader reader = join(transfer);
    reader.onProgress(0, wakes::incrementAndGet);

    reader.close();
    write(transfer, content, 0, content.length);
    transfer.complete(content.length);
    transfer.writerDone();

    assertThat(wakes).hasValue(0);
    assertThat(transfer.waits()).isEmpty();
  }
}
