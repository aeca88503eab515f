package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.store.BlobStore;
import dev.tarn.core.store.BlobStore.Admission;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.core.transfer.TransferFailure;
import dev.tarn.core.transfer.TransferPolicy;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What headers wait for, once patience is at its end. */
final class FirstByteTest {
  private static final int MIB = 1024 * 1024;
  private static final Sample BLOB = Sample.blob(9, 12 * MIB);
  private static final FirstByte IMPATIENT =
      new FirstByte(Duration.ofMillis(1), Duration.ofMillis(1));

  @TempDir private Path directory;

  private final CountDownLatch progress = new CountDownLatch(1);
  private DiskBlobStore store;

  @BeforeEach
  void start() throws IOException {
    store =
        DiskBlobStore.open(
            StoreOptions.defaults(directory),
            Clock.systemUTC(),
            FileSystemSpace.of(directory),
            Runnable::run);
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
  }

  private Transfer transfer(long size) throws IOException {
    Admission admission = store.admit(BLOB.digest(), size);
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return new Transfer(
        ((Admission.Admitted) admission).partial(), TransferPolicy.DEFAULT, () -> 0L);
  }

  private static void end(Transfer transfer) {
    transfer.fail(TransferFailure.SOURCE);
    transfer.writerDone();
  }

  private Thread waiting(Transfer transfer) {
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    IMPATIENT.await(transfer, progress);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    // It has looked once at least when it waits for the second time.
    Awaitility.await()
        .pollDelay(Duration.ofMillis(20))
        .until(() -> waiting.getState() != Thread.State.RUNNABLE);
    return waiting;
  }

  @Test
  void aByteThatNobodyMayHaveYetWillDoHoweverLateItComes() throws Exception {
    Transfer transfer = transfer(BLOB.size());
    Thread waiting = waiting(transfer);
    assertThat(waiting.isAlive()).isTrue();

    transfer.writeUnseen(0, ByteBuffer.wrap(BLOB.bytes(), 0, 1000));

    assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
    end(transfer);
  }

  @Test
  void whereTheSizeIsNotKnownOnlyAByteThatMayBeSentWillDo() throws Exception {
    Transfer transfer = transfer(BlobStore.UNKNOWN_SIZE);
    Thread waiting = waiting(transfer);

    transfer.write(0, ByteBuffer.wrap(BLOB.bytes(), 0, 1000));

    assertThat(waiting.join(Duration.ofMillis(50))).isFalse();
    progress.countDown();
    assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
    end(transfer);
  }
}
