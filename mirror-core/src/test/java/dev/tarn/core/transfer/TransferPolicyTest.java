package dev.tarn.core.transfer;

import static dev.tarn.core.transfer.TransferFixture.bytes;
import static dev.tarn.core.transfer.TransferFixture.join;
import static dev.tarn.core.transfer.TransferFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a transfer goes on that nobody reads. */
class TransferPolicyTest {
  private static final Duration LINGER = Duration.ofSeconds(3);
  private static final Duration A_LITTLE = Duration.ofNanos(1);

  @TempDir Path directory;
  private TransferFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new TransferFixture(directory);
    fixture.policy = new TransferPolicy(10_000, 0.25, LINGER);
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  private static void end(Transfer transfer) {
    transfer.fail(TransferFailure.ABANDONED);
    transfer.writerDone();
  }

  @Test
  void byDefaultLessThan64MiBOrMoreThanAQuarterIsFinished() {
    TransferPolicy policy = TransferPolicy.DEFAULT;
    long limit = 64L << 20;

    assertThat(policy.finishesAlone(limit - 1, 0)).isTrue();
    assertThat(policy.finishesAlone(limit, 0)).isFalse();
    assertThat(policy.finishesAlone(limit, limit / 4)).isFalse();
    assertThat(policy.finishesAlone(limit, limit / 4 + 1)).isTrue();
    assertThat(policy.finishesAlone(BlobStore.UNKNOWN_SIZE, 1L << 40)).isFalse();
    assertThat(policy.linger()).isEqualTo(LINGER);
  }

  @Test
  void whileSomebodyReadsItIsWanted() throws IOException {
    Transfer transfer = fixture.start(bytes(1, 100_000));
    try (TransferReader _ = join(transfer)) {
      fixture.pass(Duration.ofHours(1));

      assertThat(transfer.isWanted()).isTrue();
    }
    end(transfer);
  }

  @Test
  void smallContentIsFinishedThoughEverybodyLeft() throws IOException {
    Transfer transfer = fixture.start(bytes(2, 9_999));
    join(transfer).close();

    fixture.pass(Duration.ofHours(1));

    assertThat(transfer.isWanted()).isTrue();
    end(transfer);
  }

  @Test
  void largeContentWaitsForAReaderToComeBackAndThenStops() throws IOException {
    Transfer transfer = fixture.start(bytes(3, 10_000));
    fixture.pass(Duration.ofHours(1));
    join(transfer).close();

    fixture.pass(LINGER.minus(A_LITTLE));
    assertThat(transfer.isWanted()).isTrue();

    fixture.pass(A_LITTLE);
    assertThat(transfer.isWanted()).isFalse();
    end(transfer);
  }

  @Test
  void oneReaderLeavingDoesNotCountWhileAnotherReads() throws IOException {
    Transfer transfer = fixture.start(bytes(4, 10_000));
    TransferReader stays = join(transfer);
    join(transfer).close();

    fixture.pass(Duration.ofHours(1));
    assertThat(transfer.isWanted()).isTrue();

    stays.close();
    fixture.pass(LINGER);
    assertThat(transfer.isWanted()).isFalse();
    end(transfer);
  }

  @Test
  void aTransferThatNobodyHasJoinedYetIsGivenTheSameTime() throws IOException {
    Transfer transfer = fixture.start(bytes(5, 10_000));

    fixture.pass(LINGER.minus(A_LITTLE));
    assertThat(transfer.isWanted()).isTrue();

    fixture.pass(A_LITTLE);
    assertThat(transfer.isWanted()).isFalse();
    end(transfer);
  }

  @Test
  void contentOfWhichMoreThanAQuarterIsHereIsFinished() throws IOException {
    byte[] content = bytes(6, 10_000);
    Transfer transfer = fixture.start(content);
    fixture.pass(Duration.ofHours(1));

    write(transfer, content, 0, 2_500);
    assertThat(transfer.isWanted()).isFalse();

    write(transfer, content, 2_500, 2_501);
    assertThat(transfer.isWanted()).isTrue();
    end(transfer);
  }

  @Test
  void contentOfUnknownSizeIsNeverFinishedAlone() throws IOException {
    byte[] content = bytes(7, 9_000);
    Transfer transfer = fixture.start(Digest.sha256(content), BlobStore.UNKNOWN_SIZE);
    write(transfer, content, 0, 9_000);

    fixture.pass(LINGER);

    assertThat(transfer.isWanted()).isFalse();
    end(transfer);
  }
}
