package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static dev.tarn.core.store.StoreFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskBlobStoreTest extends BlobStoreContract {
  @TempDir Path root;
  private StoreFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new StoreFixture(root).openFilled();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Override
  BlobStore store() {
    return fixture.store;
  }

  @Override
  void assertTidy() throws IOException {
    fixture.assertTidy();
  }

  private Path blobFile(Digest digest) {
    return root.resolve("blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex());
  }

  private Path partialFile(Digest digest, String ending) {
    return root.resolve("partial/sha256/" + digest.hex() + ending);
  }

  @Test
  void theRealDiskStoresAndForces() throws IOException {
    fixture.close();
    fixture.disk = Disk.REAL;
    fixture.openFilled();
    assertThat(has(put(bytes(2, 10)))).isTrue();
    assertThatThrownBy(() -> Disk.REAL.forceDirectory(root.resolve("missing")))
        .isInstanceOf(IOException.class);
    assertTidy();
  }

  @Test
  void contentLiesWhereTheDesignSaysAndIsNotForOthers() throws IOException {
    Digest digest = put(bytes(1, 10));
    assertThat(blobFile(digest)).hasBinaryContent(bytes(1, 10));
    assertThat(Files.getPosixFilePermissions(blobFile(digest)))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    assertThat(Files.getPosixFilePermissions(root.resolve("blobs/sha256")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aTransferResumesAfterACrashWithTheChunksThatWereFinished() throws IOException {
    // given
    byte[] content = bytes(3, 3 * CHUNK + 17);
    Digest digest = Digest.sha256(content);
    PartialBlob before = admit(digest, content.length);
    write(before, content, 2 * CHUNK, 3 * CHUNK);
    write(before, content, 0, CHUNK + 100);
    // when
    fixture.crash().openFilled();
    // then
    assertThat(fixture.store.statistics().partialBytes()).isEqualTo(2L * CHUNK);
    assertThat(fixture.store.partialSize(digest)).hasValue(content.length);
    try (PartialBlob partial = admit(digest, content.length)) {
      assertThat(partial.resumedChunks()).isEqualTo(BitSet.valueOf(new long[] {0b0101}));
      write(partial, content, CHUNK, 2 * CHUNK);
      write(partial, content, 3 * CHUNK, content.length);
      partial.publish(content.length);
    }
    assertThat(has(digest)).isTrue();
    assertTidy();
  }

  @Test
  void aChunkThatIsNotWhatItWasIsNotResumed() throws IOException {
    byte[] content = bytes(4, 3 * CHUNK);
    Digest digest = Digest.sha256(content);
    PartialBlob before = admit(digest, content.length);
    write(before, content, 0, content.length);
    fixture.crash();
    try (FileChannel data =
        FileChannel.open(partialFile(digest, ".data"), StandardOpenOption.WRITE)) {
      data.write(ByteBuffer.wrap(new byte[] {42}), CHUNK + 12345);
      data.truncate(3L * CHUNK - 1);
    }
    fixture.openFilled();
    try (PartialBlob partial = admit(digest, content.length)) {
      assertThat(partial.resumedChunks()).isEqualTo(BitSet.valueOf(new long[] {0b001}));
      write(partial, content, CHUNK, 3 * CHUNK);
      partial.publish(content.length);
    }
    assertThat(has(digest)).isTrue();
    before.close();
  }

  @Test
  void aResumeBeforeTheBooksAreFilledIsAResumeToo() throws IOException {
    byte[] content = bytes(5, 2 * CHUNK);
    Digest digest = Digest.sha256(content);
    write(admit(digest, content.length), content, 0, CHUNK);
    fixture.crash().open();
    PartialBlob partial = admit(digest, content.length);
    assertThat(partial.resumedChunks().cardinality()).isEqualTo(1);
    fixture.work();
    assertThat(fixture.store.statistics().partialBytes()).isEqualTo(CHUNK);
    write(partial, content, CHUNK, 2 * CHUNK);
    partial.publish(content.length);
    partial.close();
    assertThat(has(digest)).isTrue();
    assertTidy();
  }

  @Test
  void whatACrashLeavesInTheWayIsCleanedUpOrIgnored() throws IOException {
    // given
    Digest torn = Digest.sha256("torn");
    Digest headless = Digest.sha256("headless");
    fixture.crash();
    Files.write(partialFile(torn, ".data"), new byte[5000]);
    Files.write(partialFile(torn, ".chunks"), new byte[3]);
    Files.write(partialFile(headless, ".chunks"), new byte[500]);
    Files.writeString(root.resolve("partial/sha256/not-ours"), "?");
    Files.createDirectories(root.resolve("tmp/not-a-number"));
    Files.writeString(root.resolve("tmp/file"), "?");
    Files.createDirectories(root.resolve("tmp/17"));
    Files.writeString(root.resolve("tmp/17/0"), "left behind");
    Files.createDirectories(root.resolve("blobs/sha256/zz"));
    Files.writeString(root.resolve("blobs/sha256/zz/not-a-digest"), "?");
    Files.writeString(root.resolve("blobs/sha256/file"), "?");
    // when
    fixture.open();
    PartialBlob early = admit(torn, 5000);
    fixture.work();
    // then
    assertThat(early.resumedChunks().isEmpty()).isTrue();
    early.close();
    admit(headless, 10).close();
    assertThat(root.resolve("tmp/17")).doesNotExist();
    assertThat(root.resolve("tmp/file")).doesNotExist();
    assertThat(fixture.store.statistics().blobs()).isZero();
    assertTidy();
  }

  @Test
  void partialContentGoesWhenItsTimeIsOver() throws IOException {
    byte[] content = bytes(6, 2 * CHUNK);
    Digest digest = Digest.sha256(content);
    try (PartialBlob partial = admit(digest, content.length)) {
      write(partial, content, 0, CHUNK);
    }
    fixture.clock.advance(Duration.ofHours(24));
    fixture.store.maintain();
    assertThat(fixture.store.partialSize(digest)).isPresent();
    fixture.clock.advance(Duration.ofMillis(1));
    fixture.store.maintain();
    assertThat(fixture.store.partialSize(digest)).isEmpty();
    assertThat(fixture.store.statistics().partialBytes()).isZero();
    assertTidy();
  }

  @Test
  void partialContentOfAnEarlierRunGoesWhenItsTimeIsOver() throws IOException {
    byte[] content = bytes(7, 2 * CHUNK);
    Digest digest = Digest.sha256(content);
    write(admit(digest, content.length), content, 0, CHUNK);
    fixture.crash();
    FileTime past = FileTime.from(fixture.clock.instant().minus(Duration.ofHours(25)));
    Files.setLastModifiedTime(partialFile(digest, ".data"), past);
    fixture.openFilled();
    assertThat(fixture.store.partialSize(digest)).isEmpty();
    assertTidy();
  }

  @Test
  void theOldestPartialContentGoesWhenTheQuotaIsReached() throws IOException {
    fixture.close();
    StoreOptions o = fixture.options;
    fixture.options =
        new StoreOptions(
            root, o.maxBytes(), o.minFree(), o.reserveFree(), 2L * CHUNK, o.partialTtl());
    fixture.openFilled();
    Digest[] digests = new Digest[3];
    for (int i = 0; i < 3; i++) {
      byte[] content = bytes(20 + i, CHUNK + 1);
      digests[i] = Digest.sha256(content);
      try (PartialBlob partial = admit(digests[i], content.length)) {
        write(partial, content, 0, CHUNK);
      }
      fixture.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(fixture.store.partialSize(digests[0])).isEmpty();
    assertThat(fixture.store.partialSize(digests[1])).isPresent();
    assertThat(fixture.store.partialSize(digests[2])).isPresent();
    assertThat(fixture.store.statistics().partialBytes()).isEqualTo(2L * CHUNK);
  }

  @Test
  void anEmptyFileInABlobsPlaceIsAMiss() throws IOException {
    Digest digest = put(bytes(8, 600));
    Files.write(blobFile(digest), new byte[0]);
    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.store.sizeOf(digest)).isEmpty();
    assertThat(fixture.store.statistics().blobs()).isZero();
    assertThat(fixture.store.pinnedRoom()).isZero();
    put(bytes(8, 600));
    assertThat(has(digest)).isTrue();
  }

  @Test
  void aFileThatVanishedIsAMiss() throws IOException {
    Digest digest = put(bytes(9, 600));
    Files.delete(blobFile(digest));
    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.store.sizeOf(digest)).isEmpty();
    assertThat(fixture.store.statistics().blobs()).isZero();
    assertThat(fixture.store.statistics().bytes()).isZero();
    assertThat(fixture.store.pinnedRoom()).isZero();
  }

  @Test
  void whatCannotBeOpenedIsAMiss() throws IOException {
    Digest digest = Digest.sha256("loop");
    Files.createDirectories(root.resolve("blobs/sha256/" + digest.hex().substring(0, 2)));
    Files.createSymbolicLink(blobFile(digest), blobFile(digest));
    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.store.sizeOf(digest)).isEmpty();
  }

  @Test
  void aSecondStoreOnTheDirectoryIsRefused() throws IOException {
    assertThatThrownBy(() -> new StoreFixture(root).open())
        .isInstanceOf(StoreInUseException.class)
        .hasMessageContaining(root.toString());
    fixture.close();
    fixture.open();
  }

  @Test
  void aDirectoryThatCannotBeUsedIsNotKeptLocked() throws IOException {
    fixture.close();
    Path blobs = root.resolve("blobs");
    Files.move(blobs, root.resolve("aside"));
    Files.writeString(blobs, "in the way");
    assertThatThrownBy(() -> fixture.open()).isInstanceOf(IOException.class);
    Files.delete(blobs);
    fixture.open();
  }

  @Test
  void recencySurvivesARestartByTheFilesTime() throws IOException {
    // given
    Digest digest = put(bytes(10, 600));
    FileTime atFirst = Files.getLastModifiedTime(blobFile(digest));
    // when
    fixture.clock.advance(Duration.ofMinutes(59));
    has(digest);
    fixture.work();
    // then
    assertThat(Files.getLastModifiedTime(blobFile(digest))).isEqualTo(atFirst);
    // when
    fixture.clock.advance(Duration.ofMinutes(1));
    has(digest);
    has(digest);
    assertThat(fixture.background).hasSize(1);
    fixture.work();
    // then
    assertThat(Files.getLastModifiedTime(blobFile(digest)).toInstant())
        .isEqualTo(fixture.clock.instant());
  }

  @Test
  void aBackgroundThatIsShutDownHurtsNobody() throws IOException {
    fixture.close();
    fixture.rejectBackground = true;
    fixture.options = fixture.options.withMaxBytes(1 << 20);
    assertThatThrownBy(() -> fixture.open())
        .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
    fixture.rejectBackground = false;
    fixture.openFilled();
    Digest digest = put(bytes(11, 600));
    fixture.rejectBackground = true;
    fixture.clock.advance(Duration.ofHours(2));
    assertThat(has(digest)).isTrue();
    fixture.store.remove(digest);
    assertThat(fixture.store.open(digest)).isNull();
  }

  @Test
  void closingTakesTheRunsTemporaryFilesAway() throws IOException {
    Digest digest = put(bytes(12, 600));
    fixture.store.remove(digest);
    fixture.close();
    assertThat(root.resolve("tmp")).isEmptyDirectory();
    fixture.open();
  }
}
