package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one small store: what is read is right, and in the end the books are. */
class ConcurrencyTest {
  private static final int THREADS = 8;
  private static final int STEPS = 1500;
  private static final int CONTENTS = 40;
  private static final int LIMIT = 12 * 8192;

  @TempDir Path root;

  @Test
  @Timeout(120)
  void whateverTheyDoAtOnceWhatIsReadIsRightAndTheBooksBalance() throws Exception {
    StoreFixture fixture = new StoreFixture(root);
    fixture.options = fixture.options.withMaxBytes(LIMIT);
    try (fixture;
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      fixture.open();
      List<Future<?>> results = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        results.add(threads.submit(worker(fixture, thread)));
      }
      threads.submit(fixture::work);
      for (Future<?> result : results) {
        result.get();
      }
      fixture.work();
      fixture.store.maintain();
      StoreStatistics statistics = fixture.store.statistics();
      long onDisk = 0;
      for (Path file : fixture.files("blobs")) {
        assertThat(Digest.sha256(Files.readAllBytes(file)).hex())
            .isEqualTo(file.getFileName().toString());
        onDisk += Files.size(file);
      }
      assertThat(statistics.bytes()).isEqualTo(onDisk).isLessThanOrEqualTo(LIMIT);
      assertThat(statistics.blobs()).isEqualTo(fixture.files("blobs").size());
      assertThat(statistics.partialBytes()).isZero();
      assertThat(statistics.evictedBlobs()).isPositive();
      assertThat(statistics.limitBytes()).isEqualTo(LIMIT);
      fixture.assertTidy();
    }
  }

  private static Callable<Void> worker(StoreFixture fixture, int thread) {
    return () -> {
      Random random = new Random(thread);
      for (int step = 0; step < STEPS; step++) {
        int number = random.nextInt(CONTENTS);
        // Each thread transfers contents of its own, as the store's caller sees to.
        int own = number - number % THREADS + thread;
        switch (random.nextInt(10)) {
          case 0 -> put(fixture, content(number));
          case 1, 2 -> transfer(fixture, content(own), random);
          case 3 -> fixture.store.remove(Digest.sha256(content(number)));
          case 4 -> fixture.store.maintain();
          case 5 -> fixture.work();
          default -> fixture.has(Digest.sha256(content(number)));
        }
      }
      return null;
    };
  }

  private static byte[] content(int number) {
    return StoreFixture.bytes(number, 1 + number * 200);
  }

  private static void put(StoreFixture fixture, byte[] content) throws IOException {
    try {
      fixture.store.put(Digest.sha256(content), ByteBuffer.wrap(content));
    } catch (NoRoomException _) {
      // Others hold it all.
    }
  }

  private static void transfer(StoreFixture fixture, byte[] content, Random random)
      throws IOException {
    Digest digest = Digest.sha256(content);
    if (fixture.store.admit(digest, content.length)
        instanceof Admission.Admitted(PartialBlob partial)) {
      try (partial) {
        partial.write(ByteBuffer.wrap(content), 0);
        if (random.nextInt(4) > 0) {
          partial.publish(content.length);
        }
      }
    }
  }
}
