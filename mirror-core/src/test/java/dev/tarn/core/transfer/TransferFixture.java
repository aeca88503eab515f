package dev.tarn.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore.Admission;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.PartialBlob;
import dev.tarn.core.store.SettableSpace;
import dev.tarn.core.store.StoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Transfers into a real store, with a clock that goes on when told to. */
final class TransferFixture implements AutoCloseable {
  static final int CHUNK = 4 * 1024 * 1024;
  static final int HELD = Transfer.HELD_BACK_BYTES;

  private final Path root;
  final AtomicLong nanos = new AtomicLong(-5);
  TransferPolicy policy = TransferPolicy.DEFAULT;
  DiskBlobStore store;

  TransferFixture(Path root) throws IOException {
    this.root = root;
    this.store = openStore();
  }

  private DiskBlobStore openStore() throws IOException {
    return DiskBlobStore.open(
        StoreOptions.defaults(root), Clock.systemUTC(), new SettableSpace(), Runnable::run);
  }

  /** Closes the store and opens it again, as a restart does. */
  void restart() throws IOException {
    store.close();
    store = openStore();
  }

  static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  PartialBlob admit(Digest digest, long size) throws IOException {
    Admission admission = store.admit(digest, size);
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).partial();
  }

  Transfer start(Digest digest, long size) throws IOException {
    return new Transfer(admit(digest, size), policy, nanos::get);
  }

  Transfer start(byte[] content) throws IOException {
    return start(Digest.sha256(content), content.length);
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  static void write(Transfer transfer, byte[] content, int start, int end) throws IOException {
    transfer.write(start, ByteBuffer.wrap(content, start, end - start));
  }

  static void writeAll(Transfer transfer, byte[] content) throws IOException {
    for (int at = 0; at < content.length; at += 1_000_003) {
      write(transfer, content, at, Math.min(content.length, at + 1_000_003));
    }
  }

  static TransferReader join(Transfer transfer) {
    return Objects.requireNonNull(transfer.join(), "the file is closed");
  }

  /** What a reader reads from {@code start} to {@code end}, which must be there. */
  static byte[] read(TransferReader reader, long start, long end) throws IOException {
    return read(reader.channel(), start, end);
  }

  static byte[] read(FileChannel file, long start, long end) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) (end - start));
    while (buffer.hasRemaining() && file.read(buffer, start + buffer.position()) >= 0) {
      // until it is full
    }
    assertThat(buffer.hasRemaining()).isFalse();
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
