package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/** A store in a directory of its own, with clock, space and background work in the test's hands. */
final class StoreFixture implements AutoCloseable {
  final Path root;
  final SettableClock clock = new SettableClock();
  final SettableSpace space = new SettableSpace();
  final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
  boolean rejectBackground;
  StoreOptions options;
  Disk disk = new FaultyDisk();

  @SuppressWarnings("NullAway.Init") // by open()
  DiskBlobStore store;

  StoreFixture(Path root) {
    this.root = root;
    this.options = StoreOptions.defaults(root);
  }

  /** Opens the store; what it wants done in the background waits. */
  StoreFixture open() throws IOException {
    store = DiskBlobStore.open(options, clock, space, this::later, disk);
    return this;
  }

  private void later(Runnable work) {
    if (rejectBackground) {
      throw new RejectedExecutionException("shut down");
    }
    background.add(work);
  }

  /** Opens the store and does its work in the background. */
  StoreFixture openFilled() throws IOException {
    open();
    work();
    return this;
  }

  /** Ends the run as a crash would: nothing is tidied up. */
  StoreFixture crash() throws IOException {
    background.clear();
    store.abandon();
    return this;
  }

  /** Does what waits in the background. */
  void work() {
    for (Runnable work = background.poll(); work != null; work = background.poll()) {
      work.run();
    }
  }

  static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  Digest put(byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    store.put(digest, ByteBuffer.wrap(content));
    return digest;
  }

  PartialBlob admit(Digest digest, long size) throws IOException {
    Admission admission = store.admit(digest, size);
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).partial();
  }

  /** Writes {@code content} from {@code start} to {@code end} and notes the chunks it finishes. */
  static void write(PartialBlob partial, byte[] content, int start, int end) throws IOException {
    ChunkGrid grid = new ChunkGrid(content.length);
    int at = start;
    while (at < end) {
      int length = Math.min(64 * 1024 + 7, end - at);
      length = (int) Math.min(length, grid.end(grid.chunkAt(at)) - at);
      partial.write(ByteBuffer.wrap(content, at, length), at);
      at += length;
      int chunk = grid.chunkAt(at - 1L);
      if (at == grid.end(chunk)) {
        partial.chunkWritten(chunk);
      }
    }
  }

  /** Publishes content as a transfer does. */
  Digest publish(byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, content.length);
      partial.publish(content.length);
    }
    return digest;
  }

  static byte[] read(FileChannel channel, long size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) size);
    while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
      // until it is full
    }
    assertThat(buffer.hasRemaining()).isFalse();
    return buffer.array();
  }

  /** Opens content that must be here. */
  StoredBlob opened(Digest digest) {
    return Objects.requireNonNull(store.open(digest), () -> digest + " is not here");
  }

  boolean has(Digest digest) throws IOException {
    try (StoredBlob blob = store.open(digest)) {
      if (blob == null) {
        return false;
      }
      assertThat(Digest.sha256(read(blob.channel(), blob.size()))).isEqualTo(digest);
      return true;
    }
  }

  /** All files under a directory of the store. */
  List<Path> files(String under) throws IOException {
    try (Stream<Path> paths = Files.walk(root.resolve(under))) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** No file is left but complete content, and nothing is pinned. */
  void assertTidy() throws IOException {
    work();
    assertThat(files("partial")).isEmpty();
    assertThat(files("tmp")).isEmpty();
    assertThat(store.pinnedRoom()).isZero();
  }

  @Override
  public void close() throws IOException {
    if (store != null) {
      store.close();
    }
  }
}
