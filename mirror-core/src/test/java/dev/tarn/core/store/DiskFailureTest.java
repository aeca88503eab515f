package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.BlobStore.Admission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full, or that fails at a chosen operation. */
class DiskFailureTest {
  private static final byte[] CONTENT = bytes(1, 100_000);
  private static final Digest DIGEST = Digest.sha256(CONTENT);
  private static final String FAN_OUT = DIGEST.hex().substring(0, 2);

  @TempDir Path root;
  private final FaultyDisk disk = new FaultyDisk();
  private StoreFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new StoreFixture(root);
    fixture.disk = disk;
    fixture.openFilled();
    disk.done.clear();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Test
  void bytesAreOnTheDeviceBeforeTheNameIs() throws IOException {
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      partial.write(ByteBuffer.wrap(CONTENT), 0);
      disk.done.clear();
      partial.publish(CONTENT.length);
    }
    assertThat(disk.done).containsExactly("force", "force sha256", "publish", "force " + FAN_OUT);
  }

  @Test
  void smallContentIsPublishedInTheSameOrder() throws IOException {
    fixture.put(CONTENT);
    assertThat(disk.done)
        .containsExactly("write", "force", "force sha256", "publish", "force " + FAN_OUT);
    fixture.store.remove(DIGEST);
    disk.done.clear();
    fixture.put(CONTENT);
    assertThat(disk.done).containsExactly("write", "force", "publish", "force " + FAN_OUT);
  }

  @Test
  void namesOfEarlierRunsAreOnTheDeviceBeforeTheStoreOpens() throws IOException {
    fixture.close();
    disk.done.clear();
    fixture.open();
    assertThat(disk.done).containsExactly("force sha256", "force sha512");
  }

  @ParameterizedTest
  @ValueSource(strings = {"force", "force sha256", "publish"})
  void whatCouldNotBeMadeDurableIsNotThere(String failing) throws IOException {
    disk.failOn = failing;
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      StoreFixture.write(partial, CONTENT, 0, CONTENT.length);
      assertThatThrownBy(() -> partial.publish(CONTENT.length))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NoRoomException.class);
    }
    assertThat(fixture.has(DIGEST)).isFalse();
    assertThatThrownBy(() -> fixture.put(CONTENT)).isInstanceOf(IOException.class);
    assertThat(fixture.has(DIGEST)).isFalse();
    assertThat(fixture.store.statistics().bytes()).isZero();
    assertThat(fixture.store.statistics().partialBytes()).isZero();
    fixture.assertTidy();
    disk.failOn = null;
    assertThat(fixture.has(fixture.put(CONTENT))).isTrue();
    fixture.assertTidy();
  }

  /** Writes a step's worth of zeros, and a little more. */
  private static void writeStep(PartialBlob partial) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(1 << 20);
    for (long at = 0; at <= WriteBehind.STEP_BYTES; at += piece.capacity()) {
      partial.write(piece.clear(), at);
    }
  }

  @Test
  void whatGrowsIsBroughtToTheDeviceOnTheWay() throws IOException {
    try (PartialBlob partial = fixture.admit(DIGEST, 4 * WriteBehind.STEP_BYTES)) {
      partial.write(ByteBuffer.allocate(1 << 20), 0);
      fixture.work();
      assertThat(disk.done).doesNotContain("force");
      writeStep(partial);
      assertThat(disk.done).doesNotContain("force");
      writeStep(partial);
      fixture.work();
      assertThat(disk.done).containsOnlyOnce("force");
      writeStep(partial);
      fixture.work();
      assertThat(disk.done.stream().filter("force"::equals)).hasSize(2);
    }
  }

  @Test
  void whatFailedToReachTheDeviceOnTheWayIsNotPublished() throws IOException {
    long size = WriteBehind.STEP_BYTES + (1 << 20);
    try (PartialBlob partial = fixture.admit(DIGEST, size)) {
      writeStep(partial);
      disk.failOn = "force";
      fixture.work();
      disk.failOn = null;
      assertThatThrownBy(() -> partial.publish(size)).hasMessage("Input/output error");
    }
    assertThat(fixture.has(DIGEST)).isFalse();
    fixture.assertTidy();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatFailedToReachTheDeviceOnTheWayIsNotResumed(boolean failing) throws IOException {
    long size = 2 * WriteBehind.STEP_BYTES;
    try (PartialBlob partial = fixture.admit(DIGEST, size)) {
      writeStep(partial);
      partial.chunkWritten(0);
      disk.failOn = failing ? "force" : null;
      fixture.work();
      disk.failOn = null;
      partial.keep();
    }
    assertThat(fixture.store.partialSize(DIGEST).isPresent()).isEqualTo(!failing);
  }

  @Test
  void aNameThatIsNotCertainlyOnTheDeviceIsTakenBack() throws IOException {
    disk.failOn = "force " + FAN_OUT;
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      partial.write(ByteBuffer.wrap(CONTENT), 0);
      assertThatThrownBy(() -> partial.publish(CONTENT.length)).isInstanceOf(IOException.class);
    }
    assertThat(fixture.has(DIGEST)).isFalse();
    assertThat(fixture.store.statistics().bytes()).isZero();
    fixture.assertTidy();
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Disk quota exceeded", "File too large"})
  void aFullDiskIsNoRoomAndRecoversByItself(String message) throws IOException {
    disk.writeFailure = message;
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      disk.writableBytes = 1000;
      assertThatThrownBy(() -> partial.write(ByteBuffer.wrap(CONTENT), 0))
          .isInstanceOf(NoRoomException.class)
          .hasRootCauseMessage(message);
    }
    assertThatThrownBy(() -> fixture.put(CONTENT)).isInstanceOf(NoRoomException.class);
    assertThat(fixture.store.admit(DIGEST, CONTENT.length)).isInstanceOf(Admission.NoRoom.class);
    fixture.assertTidy();
    disk.writableBytes = Long.MAX_VALUE;
    assertThat(fixture.has(fixture.publish(CONTENT))).isTrue();
    fixture.assertTidy();
  }

  @Test
  void aFileSystemThatIsReallyFullIsNoRoomAndRecoversByItself() throws Exception {
    // given a file system of 8 MiB, where it is allowed to mount one
    Path small = Files.createDirectory(root.resolve("small"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=8m", "tarn-test", small.toString()))
        .isZero();
    try (StoreFixture full = new StoreFixture(small).openFilled()) {
      byte[] content = bytes(2, 6 << 20);
      Digest digest = full.publish(content);
      // when
      byte[] more = bytes(3, 6 << 20);
      try (PartialBlob partial = full.admit(Digest.sha256(more), more.length)) {
        assertThatThrownBy(() -> StoreFixture.write(partial, more, 0, more.length))
            .isInstanceOf(NoRoomException.class);
      }
      // then
      assertThat(full.has(digest)).isTrue();
      assertThatThrownBy(() -> full.put(more)).isInstanceOf(NoRoomException.class);
      full.store.remove(digest);
      full.work();
      assertThat(full.has(full.publish(more))).isTrue();
      full.assertTidy();
    } finally {
      assertThat(run("umount", small.toString())).isZero();
    }
  }

  private static int run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException _) {
      return -1;
    }
  }

  @Test
  void aBrokenDiskIsNotAFullOne() throws IOException {
    disk.writeFailure = "Input/output error";
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      disk.writableBytes = 1000;
      assertThatThrownBy(() -> partial.write(ByteBuffer.wrap(CONTENT), 0))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NoRoomException.class)
          .hasMessage("Input/output error");
      assertThatThrownBy(() -> partial.chunkWritten(0))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NoRoomException.class);
    }
    assertThatThrownBy(() -> fixture.store.admit(DIGEST, CONTENT.length))
        .isInstanceOf(IOException.class);
    fixture.assertTidy();
  }

  @Test
  void aFailureOfAnyWordingIsNoRoomWhereNothingIsFree() throws IOException {
    disk.writeFailure = "Kein Speicherplatz";
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      disk.writableBytes = 0;
      fixture.space.usable = DiskFull.FULL_BELOW_BYTES - 1;
      assertThatThrownBy(() -> partial.write(ByteBuffer.wrap(CONTENT), 0))
          .isInstanceOf(NoRoomException.class);
      fixture.space.usable = DiskFull.FULL_BELOW_BYTES;
      assertThatThrownBy(() -> partial.write(ByteBuffer.wrap(CONTENT), 0))
          .isNotInstanceOf(NoRoomException.class);
    }
  }

  @Test
  void aChunkThatCannotBeNotedIsNoRoomWhereTheDiskIsFull() throws IOException {
    try (PartialBlob partial = fixture.admit(DIGEST, CONTENT.length)) {
      partial.write(ByteBuffer.wrap(CONTENT), 0);
      disk.writableBytes = 3;
      assertThatThrownBy(() -> partial.chunkWritten(0)).isInstanceOf(NoRoomException.class);
      disk.writableBytes = Long.MAX_VALUE;
      partial.publish(CONTENT.length);
    }
    assertThat(fixture.has(DIGEST)).isTrue();
  }

  @Test
  void whatCannotBeEvictedDoesNotStopTheStore() throws IOException {
    fixture.close();
    fixture.options = fixture.options.withMaxBytes(3 * 8192);
    fixture.openFilled();
    for (int i = 0; i < 3; i++) {
      fixture.put(bytes(i, 8192));
    }
    disk.failOn = "rename";
    Digest more = fixture.put(bytes(10, 8192));
    assertThat(fixture.has(more)).isTrue();
    fixture.store.remove(more);
    assertThat(fixture.store.sizeOf(more)).isPresent();
  }
}
