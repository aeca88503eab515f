package dev.tarn.core.transfer;

import static dev.tarn.core.transfer.TransferFixture.HELD;
import static dev.tarn.core.transfer.TransferFixture.bytes;
import static dev.tarn.core.transfer.TransferFixture.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.transfer.Transfer.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many readers at random offsets while two writers write pieces in random order. */
class TransferStressTest {
  private static final int READERS = 24;
  private static final int PIECE = 37_001;

  @TempDir Path directory;

  /** Some fixed seeds, and one of today that a failure's name tells. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 12), LongStream.of(System.nanoTime()));
  }

  private record Piece(int start, int end) {}

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyReaderGetsTheRightBytesAndIsWokenOncePerWait(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] content = bytes(seed, 1_000_000 + random.nextInt(8_000_000));
    boolean wrong = random.nextInt(4) == 0;
    byte[] sent = content.clone();
    if (wrong) {
      sent[random.nextInt(sent.length)] ^= 4;
    }
    try (TransferFixture fixture = new TransferFixture(directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Transfer transfer = fixture.start(content);
      List<Future<Boolean>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        long own = random.nextLong();
        TransferReader reader = join(transfer);
        readers.add(threads.submit(() -> readsRight(reader, sent, new Random(own))));
      }
      List<Piece> pieces = pieces(sent.length, random);
      int half = pieces.size() / 2;
      Future<?> other =
          threads.submit(() -> write(transfer, sent, pieces.subList(half, pieces.size())));
      write(transfer, sent, pieces.subList(0, half));
      other.get(30, TimeUnit.SECONDS);

      assertThat(transfer.complete(content.length)).isEqualTo(!wrong);
      transfer.writerDone();

      for (Future<Boolean> reader : readers) {
        assertThat(reader.get(30, TimeUnit.SECONDS)).as("saw the end of it").isEqualTo(!wrong);
      }
      assertThat(transfer.join()).as("everybody has left").isNull();
    }
  }

  private static List<Piece> pieces(int length, Random random) {
    List<Piece> pieces = new ArrayList<>();
    for (int at = 0; at < length; at += PIECE) {
      pieces.add(new Piece(at, Math.min(length, at + PIECE)));
    }
    Collections.shuffle(pieces, random);
    return pieces;
  }

  private static Void write(Transfer transfer, byte[] content, List<Piece> pieces)
      throws IOException {
    for (Piece piece : pieces) {
      TransferFixture.write(transfer, content, piece.start(), piece.end());
    }
    return null;
  }

  /** Reads from a random offset to the end; whether it got there. */
  private static boolean readsRight(TransferReader reader, byte[] content, Random random)
      throws Exception {
    try (reader) {
      long position = random.nextInt(content.length);
      ByteBuffer buffer = ByteBuffer.allocate(100_000);
      while (true) {
        awaitOneWake(reader, position);
        switch (reader.progress(position)) {
          case Progress.Ready(long end) -> {
            boolean over = reader.transfer().isOver();
            assertThat(over || end <= content.length - HELD)
                .as("the held back end is not given out early")
                .isTrue();
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
            int read = reader.channel().read(buffer, position);
            assertThat(
                    Arrays.equals(
                        buffer.array(), 0, read, content, (int) position, (int) position + read))
                .isTrue();
            position += read;
          }
          case Progress.AtEnd _ -> {
            assertThat(position).isEqualTo(content.length);
            return true;
          }
          case Progress.Failed(var failure) -> {
            assertThat(failure).isEqualTo(TransferFailure.MISMATCH);
            return false;
          }
          case Progress.Waiting _ -> throw new AssertionError("woken for nothing");
        }
      }
    }
  }

  private static void awaitOneWake(TransferReader reader, long position)
      throws InterruptedException {
    AtomicInteger wakes = new AtomicInteger();
    CountDownLatch woken = new CountDownLatch(1);
    reader.onProgress(
        position,
        () -> {
          wakes.incrementAndGet();
          woken.countDown();
        });
    assertThat(woken.await(30, TimeUnit.SECONDS)).as("woken at all").isTrue();
    assertThat(wakes).hasValue(1);
  }
}
