package dev.tarn.core.transfer;

import static dev.tarn.core.transfer.TransferFixture.CHUNK;
import static dev.tarn.core.transfer.TransferFixture.bytes;
import static dev.tarn.core.transfer.TransferFixture.join;
import static dev.tarn.core.transfer.TransferFixture.read;
import static dev.tarn.core.transfer.TransferFixture.write;
import static dev.tarn.core.transfer.TransferFixture.writeAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.transfer.Transfer.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How transfers end, what they leave behind, and who closes the file. */
class TransferEndingTest {
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
  void verifiedContentIsInTheStoreAndReadersGoOnReadingIt() throws IOException {
    byte[] content = bytes(1, CHUNK + 100);
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      writeAll(transfer, content);

      assertThat(transfer.complete(content.length)).isTrue();
      transfer.writerDone();

      assertThat(transfer.isOver()).isTrue();
      assertThat(transfer.failure()).isNull();
      assertThat(read(reader, 0, content.length)).isEqualTo(content);
      try (var stored = Objects.requireNonNull(fixture.store.open(Digest.sha256(content)))) {
        assertThat(read(stored.channel(), 0, content.length)).isEqualTo(content);
      }
    }
  }

  @Test
  void whileTheDigestDecidesNobodyGivesItUp() throws IOException {
    byte[] content = bytes(3, CHUNK + 100);
    WhenRead partial = new WhenRead(fixture.admit(Digest.sha256(content), content.length));
    Transfer transfer = new Transfer(partial, fixture.policy, fixture.nanos::get);
    join(transfer).close();
    // The rest waits, so that the digest has to read it.
    write(transfer, content, 1000, content.length);
    transfer.writeUnseen(0, ByteBuffer.wrap(content, 0, 1000));
    fixture.pass(Duration.ofHours(1));
    partial.whenRead =
        () -> {
          transfer.abandonUnlessWanted();
          transfer.fail(TransferFailure.SHUTDOWN);
        };

    assertThat(transfer.complete(content.length)).isTrue();
    transfer.writerDone();

    assertThat(transfer.failure()).isNull();
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(content.length);
  }

  @Test
  void whatWasGivenUpIsNotCompleted() throws IOException {
    byte[] content = bytes(4, CHUNK + 100);
    Transfer transfer = fixture.start(content);
    join(transfer).close();
    writeAll(transfer, content);
    transfer.fail(TransferFailure.SHUTDOWN);

    assertThatThrownBy(() -> transfer.complete(content.length))
        .isInstanceOf(IOException.class)
        .hasMessage("given up meanwhile");
    transfer.writerDone();

    assertThat(fixture.store.partialSize(Digest.sha256(content))).isPresent();
  }

  @Test
  void whatIsFailingIsNotGivenUpBesides() throws IOException {
    byte[] content = bytes(5, CHUNK + 100);
    WhenRead partial = new WhenRead(fixture.admit(Digest.sha256(content), content.length));
    Transfer transfer = new Transfer(partial, fixture.policy, fixture.nanos::get);
    join(transfer).close();
    writeAll(transfer, content);
    fixture.pass(Duration.ofHours(1));
    partial.whenKept = transfer::abandonUnlessWanted;

    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();

    assertThat(transfer.failure()).isEqualTo(TransferFailure.SOURCE);
    assertThat(fixture.store.partialSize(Digest.sha256(content))).isPresent();
  }

  /** Tells when it is read from, which the digest does, and when it is kept. */
  private static final class WhenRead implements PartialBlob {
    private final PartialBlob partial;
    private Runnable whenRead = () -> {};
    private Runnable whenKept = () -> {};

    WhenRead(PartialBlob partial) {
      this.partial = partial;
    }

    @Override
    public Digest digest() {
      return partial.digest();
    }

    @Override
    public long size() {
      return partial.size();
    }

    @Override
    public FileChannel channel() {
      whenRead.run();
      return partial.channel();
    }

    @Override
    public BitSet resumedChunks() {
      return partial.resumedChunks();
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      partial.write(bytes, offset);
    }

    @Override
    public void chunkWritten(int chunk) throws IOException {
      partial.chunkWritten(chunk);
    }

    @Override
    public void publish(long size) throws IOException {
      partial.publish(size);
    }

    @Override
    public void keep() {
      whenKept.run();
      partial.keep();
    }

    @Override
    public void discard() {
      partial.discard();
    }

    @Override
    public void close() {
      partial.close();
    }
  }

  @Test
  void onAMismatchReadersGetNothingMoreNotEvenWhatIsHere() throws IOException {
    byte[] content = bytes(2, 2 * CHUNK);
    byte[] wrong = content.clone();
    wrong[5_000_000] ^= 1;
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      writeAll(transfer, wrong);
      assertThat(reader.progress(0)).isInstanceOf(Progress.Ready.class);

      assertThat(transfer.complete(content.length)).isFalse();
      transfer.writerDone();

      assertThat(reader.progress(0)).isEqualTo(new Progress.Failed(TransferFailure.MISMATCH));
      assertThat(reader.progress(content.length))
          .isEqualTo(new Progress.Failed(TransferFailure.MISMATCH));
    }
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).isEmpty();
    assertThat(fixture.store.partialSize(Digest.sha256(content))).isEmpty();
  }

  @Test
  void contentThatIsShorterThanItsDigestSaysIsAMismatch() throws IOException {
    byte[] content = bytes(3, 100_000);
    Transfer transfer = fixture.start(Digest.sha256(content), BlobStore.UNKNOWN_SIZE);
    write(transfer, content, 0, 99_999);

    assertThat(transfer.complete(99_999)).isFalse();

    transfer.writerDone();
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = TransferFailure.class,
      names = {"SOURCE", "ABANDONED", "SHUTDOWN"})
  void aFailureKeepsTheChunksThatCame(TransferFailure reason) throws IOException {
    byte[] content = bytes(4, 3 * CHUNK);
    Transfer transfer = fixture.start(content);
    try (TransferReader reader = join(transfer)) {
      write(transfer, content, 0, CHUNK + 1000);

      transfer.fail(reason);
      transfer.writerDone();

      assertThat(reader.progress(0)).isEqualTo(new Progress.Ready(CHUNK + 1000));
      assertThat(read(reader, CHUNK, CHUNK + 1000)).hasSize(1000);
      assertThat(reader.progress(CHUNK + 1000)).isEqualTo(new Progress.Failed(reason));
    }
    assertThat(fixture.store.partialSize(Digest.sha256(content))).hasValue(content.length);
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = TransferFailure.class,
      names = {"MISMATCH", "STORAGE", "NO_ROOM"})
  void whereBytesCannotBeTrustedOrRoomIsShortNothingIsKept(TransferFailure reason)
      throws IOException {
    byte[] content = bytes(5, 3 * CHUNK);
    Transfer transfer = fixture.start(content);
    write(transfer, content, 0, CHUNK + 1000);

    transfer.fail(reason);
    transfer.writerDone();

    assertThat(fixture.store.partialSize(Digest.sha256(content))).isEmpty();
  }

  @Test
  void aFailureAfterTheEndChangesNothing() throws IOException {
    byte[] content = bytes(6, 1000);
    Transfer transfer = fixture.start(content);
    writeAll(transfer, content);
    transfer.complete(content.length);

    transfer.fail(TransferFailure.STORAGE);
    transfer.writerDone();

    assertThat(transfer.failure()).isNull();
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(1000);
  }

  @Test
  void theFileStaysOpenUntilTheLastReaderLeaves() throws IOException {
    byte[] content = bytes(7, 1000);
    Transfer transfer = fixture.start(content);
    TransferReader first = join(transfer);
    TransferReader second = join(transfer);
    FileChannel file = first.channel();
    writeAll(transfer, content);
    transfer.complete(content.length);
    transfer.writerDone();

    first.close();
    first.close();
    assertThat(file.isOpen()).as("closing twice counts once").isTrue();
    TransferReader late = join(transfer);
    second.close();
    assertThat(file.isOpen()).as("somebody joined after the end").isTrue();
    late.close();

    assertThat(file.isOpen()).isFalse();
    assertThat(transfer.join()).as("there is no file to read any more").isNull();
  }

  @Test
  void theFileStaysOpenUntilTheWriterIsDone() throws IOException {
    byte[] content = bytes(8, 1000);
    Transfer transfer = fixture.start(content);
    TransferReader reader = join(transfer);
    FileChannel file = reader.channel();
    reader.close();
    assertThat(file.isOpen()).isTrue();

    TransferReader again = join(transfer);
    again.close();
    writeAll(transfer, content);
    transfer.complete(content.length);
    assertThat(file.isOpen()).isTrue();
    transfer.writerDone();

    assertThat(file.isOpen()).isFalse();
    assertThat(transfer.join()).isNull();
  }

  @Test
  void whatAReaderStillReadsOfAFailedTransferDoesNotHinderTheNext() throws IOException {
    byte[] content = bytes(9, 2 * CHUNK);
    Transfer failed = fixture.start(content);
    try (TransferReader reader = join(failed)) {
      write(failed, content, 0, CHUNK);
      failed.fail(TransferFailure.SOURCE);
      failed.writerDone();

      Transfer next = fixture.start(content);
      write(next, content, CHUNK, content.length);
      assertThat(next.complete(content.length)).isTrue();
      next.writerDone();

      byte[] seen = read(reader, 0, CHUNK);
      assertThat(Digest.sha256(seen))
          .isEqualTo(Digest.sha256(java.util.Arrays.copyOf(content, CHUNK)));
    }
    assertThat(fixture.store.sizeOf(Digest.sha256(content))).hasValue(content.length);
  }
}
