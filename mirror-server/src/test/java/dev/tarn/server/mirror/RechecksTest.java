package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.store.DiskBlobStore;
import dev.tarn.core.store.FileSystemSpace;
import dev.tarn.core.store.StoreOptions;
import dev.tarn.core.store.StoredBlob;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RechecksTest {
  private static final Scope SCOPE =
      new Scope(new RegistryHost("example.com"), new RepositoryName("library/app"));
  private static final Sample BLOB = Sample.blob(1, 5000);

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> heard = new ArrayList<>();
  private DiskBlobStore store;
  private Rechecks rechecks;

  @BeforeEach
  void start() throws IOException {
    store =
        DiskBlobStore.open(
            StoreOptions.defaults(directory),
            Clock.systemUTC(),
            FileSystemSpace.of(directory),
            Runnable::run);
    store.put(BLOB.digest(), ByteBuffer.wrap(BLOB.bytes()));
    rechecks =
        new Rechecks(
            store,
            new MirrorListener() {
              @Override
              public void corrupt(Digest digest) {
                heard.add("here " + isHere() + ", due " + rechecks.due(digest));
              }
            },
            Runnable::run,
            nanos::get,
            Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
  }

  private boolean isHere() {
    return store.sizeOf(BLOB.digest()).isPresent();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private boolean due() {
    return rechecks.due(BLOB.digest());
  }

  private void check() throws InterruptedException {
    assertThat(rechecks.check(SCOPE, BLOB.digest())).isEqualTo(Rechecks.Said.DONE);
  }

  @Test
  void onlyWhatWasServedLatelyIsDue() {
    assertThat(due()).isFalse();
    rechecks.served(BLOB.digest());
    assertThat(due()).isTrue();
    pass(Duration.ofMinutes(5).minusNanos(1));
    assertThat(due()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(due()).isFalse();
  }

  @Test
  void whatMatchedIsTrustedForLongerEachTime() throws Exception {
    rechecks.served(BLOB.digest());
    for (int trusted : new int[] {1, 4, 16, 64, 256, 256}) {
      check();
      pass(Duration.ofSeconds(trusted).minusNanos(1));
      assertThat(due()).as("within %d s", trusted).isFalse();
      rechecks.served(BLOB.digest());
      pass(Duration.ofNanos(1));
      assertThat(due()).as("after %d s", trusted).isTrue();
    }
    assertThat(isHere()).isTrue();
    assertThat(heard).isEmpty();
  }

  @Test
  void whatDoesNotMatchIsGoneBeforeAnybodyIsServedItUnhashed() throws Exception {
    rechecks.served(BLOB.digest());
    corrupt();
    check();

    assertThat(heard).containsExactly("here false, due true");
    assertThat(isHere()).isFalse();
    assertThat(due()).isFalse();
  }

  private void corrupt() throws IOException {
    try (StoredBlob blob = store.open(BLOB.digest());
        Stream<Path> files = Files.walk(directory)) {
      assertThat(blob).isNotNull();
      Path file =
          files.filter(path -> path.endsWith(BLOB.digest().hex())).findFirst().orElseThrow();
      try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.WRITE)) {
        bytes.write(ByteBuffer.wrap(new byte[] {42, 42, 42}), 100);
      }
    }
  }
}
