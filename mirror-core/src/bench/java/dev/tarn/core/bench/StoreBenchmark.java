package dev.tarn.core.bench;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Looking up content in a store of a thousand blobs: a hit, its size alone, and a miss. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StoreBenchmark {
  private static final int BLOBS = 1_000;
  private static final Digest MISSING = Digest.sha256("nobody has this");

  private Path root;
  private ExecutorService background;
  private DiskBlobStore store;
  private List<Digest> digests;
  private int next;

  @Setup
  public void fill() throws IOException {
    root = Files.createTempDirectory("tarn-bench-store-");
    background = Executors.newVirtualThreadPerTaskExecutor();
    // No demand on the machine's free space: the benchmark is not about eviction.
    StoreOptions options =
        new StoreOptions(root, OptionalLong.empty(), 0, 0, Long.MAX_VALUE, Duration.ofHours(1));
    store =
        DiskBlobStore.open(options, Clock.systemUTC(), FileSystemSpace.of(root), background);
    digests = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      byte[] content = ("blob " + i).getBytes(StandardCharsets.UTF_8);
      Digest digest = Digest.sha256(content);
      store.put(digest, ByteBuffer.wrap(content));
      digests.add(digest);
    }
  }

  private Digest nextDigest() {
    next = (next + 1) % BLOBS;
    return digests.get(next);
  }

  @Benchmark
  public long open() throws IOException {
    try (StoredBlob blob = store.open(nextDigest())) {
      return blob.size();
    }
  }

  @Benchmark
  public OptionalLong sizeOf() {
    return store.sizeOf(nextDigest());
  }

  @Benchmark
  public StoredBlob miss() {
    return store.open(MISSING);
  }

  @TearDown
  public void delete() throws IOException {
    store.close();
    background.close();
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(StoreBenchmark::deleteFile);
    }
  }

  private static void deleteFile(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
