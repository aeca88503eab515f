package dev.tarn.core.containerd;

import static dev.tarn.core.containerd.ContainerdFixture.content;
import static dev.tarn.core.containerd.ContainerdFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Algorithm;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.store.StoredBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is served, and what is not. */
class ContainerdStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @TempDir Path root;
  private ContainerdFixture fixture;

  @BeforeEach
  void open() throws IOException {
    fixture = new ContainerdFixture(root).open();
  }

  @AfterEach
  void close() throws IOException {
    fixture.close();
  }

  @Test
  void whatLiesThereIsServedOnceItsBytesMatched() throws IOException {
    Digest digest = fixture.put("layer");
    assertThat(fixture.serves(digest)).isFalse();

    fixture.work();

    assertThat(fixture.serves(digest)).isTrue();
    assertThat(fixture.store.sizeOf(digest)).hasValue(5);
    assertThat(fixture.inventory()).containsExactly(digest);
    assertThat(fixture.heard).containsExactly("+ " + digest + " 5");
    assertThat(fixture.store.statistics().hashedBytes()).isEqualTo(5);
    assertThat(fixture.store.statistics().opened()).isEqualTo(1);
  }

  @Test
  void theOtherAlgorithmIsServedToo() throws IOException {
    Digest digest = Digest.of(Algorithm.SHA512, ByteBuffer.wrap(content("layer")));
    Files.createDirectory(fixture.blobs.resolve("sha512"));
    Files.write(fixture.blobs.resolve("sha512").resolve(digest.hex()), content("layer"));

    fixture.work();

    assertThat(fixture.store.sizeOf(digest)).hasValue(5);
  }

  @Test
  void aFileWhoseBytesAreNotItsNameIsNeverServed() throws IOException {
    Digest corrupt = Digest.sha256("what it should be");
    Digest longer = Digest.sha256("begins right");
    Digest empty = Digest.sha256("not empty");
    fixture.put(corrupt, content("what it is"));
    fixture.put(longer, content("begins right, and goes on"));
    fixture.put(empty, new byte[0]);
    Digest right = fixture.put("");

    fixture.work();

    assertThat(fixture.inventory()).containsExactly(right);
    assertThat(fixture.serves(right)).isTrue();
    for (Digest wrong : new Digest[] {corrupt, longer, empty}) {
      assertThat(fixture.serves(wrong)).isFalse();
      assertThat(fixture.store.openVerifying(wrong, PATIENCE)).isNull();
      assertThat(fixture.store.holds(wrong)).isFalse();
    }
    assertThat(fixture.store.statistics().mismatchedBlobs()).isEqualTo(3);
    assertThat(fixture.store.statistics().blobs()).isEqualTo(4);
  }

  @Test
  void whatIsNoFileNamedForADigestIsNotLookedAt() throws IOException, InterruptedException {
    Digest served = fixture.put("served");
    Digest linked = Digest.sha256("outside");
    Path outside = Files.write(root.resolve("outside"), content("outside"));
    Files.createSymbolicLink(fixture.file(linked), outside);
    Files.createDirectory(fixture.file(Digest.sha256("a directory")));
    Path pipe = fixture.file(Digest.sha256("a pipe"));
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path sha256 = fixture.blobs.resolve("sha256");
    Files.write(sha256.resolve("notes.txt"), content("x"));
    Files.write(sha256.resolve(served.hex().toUpperCase(java.util.Locale.ROOT)), content("x"));
    Files.write(sha256.resolve(served.hex() + ".tmp"), content("x"));
    Files.createDirectory(fixture.blobs.resolve("md5"));

    fixture.work();

    assertThat(fixture.inventory()).containsExactly(served);
    assertThat(fixture.store.statistics().blobs()).isEqualTo(1);
    assertThat(fixture.store.openVerifying(linked, PATIENCE)).isNull();
    assertThat(fixture.store.openVerifying(Digest.sha256("a pipe"), PATIENCE)).isNull();
  }

  @Test
  void aLinkInThePlaceOfWhatMatchedIsNotFollowed() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    Files.delete(fixture.file(digest));
    Files.createSymbolicLink(
        fixture.file(digest), Files.write(root.resolve("same"), content("layer")));

    assertThat(fixture.serves(digest)).isFalse();
    assertThat(fixture.heard).last().isEqualTo("- " + digest);
  }

  @Test
  void aFileLargerThanAnyLayerIsLeftAlone() throws IOException {
    Digest digest = Digest.sha256("huge");
    try (var file = new java.io.RandomAccessFile(fixture.file(digest).toFile(), "rw")) {
      file.setLength(ContentDirectory.MAX_BLOB_BYTES + 1);
    }

    fixture.work();

    assertThat(fixture.store.statistics().blobs()).isZero();
    assertThat(fixture.store.openVerifying(digest, PATIENCE)).isNull();
    assertThat(fixture.store.statistics().hashedBytes()).isZero();
  }

  @Test
  void whatIsDeletedIsAMissAndWhoReadsItGoesOn() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    try (StoredBlob blob = Objects.requireNonNull(fixture.store.open(digest))) {
      Files.delete(fixture.file(digest));

      assertThat(fixture.store.open(digest)).isNull();
      assertThat(fixture.heard).containsExactly("+ " + digest + " 5", "- " + digest);
      assertThat(fixture.store.holds(digest)).isFalse();
      assertThat(read(blob)).isEqualTo(digest);
    }
  }

  @Test
  void askingForTheSizeFindsOutAsWell() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    Files.delete(fixture.file(digest));

    assertThat(fixture.store.sizeOf(digest)).isEmpty();
    assertThat(fixture.heard).last().isEqualTo("- " + digest);
  }

  @Test
  void anotherFileUnderTheNameIsHashedBeforeItIsServed() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    Files.delete(fixture.file(digest));
    fixture.put(digest, content("liars"));

    assertThat(fixture.serves(digest)).isFalse();
    fixture.work();

    assertThat(fixture.serves(digest)).isFalse();
    assertThat(fixture.store.statistics().mismatchedBlobs()).isEqualTo(1);
    assertThat(fixture.heard).containsExactly("+ " + digest + " 5", "- " + digest);
  }

  @Test
  void aFileThatWasWrittenInPlaceIsHashedBeforeItIsServed() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    FileIdentity before = FileIdentity.of(fixture.file(digest));
    while (Objects.equals(before, FileIdentity.of(fixture.file(digest)))) {
      Files.write(fixture.file(digest), content("liars")); // The kernel's clock ticks slowly.
    }

    assertThat(fixture.serves(digest)).isFalse();
    fixture.work();

    assertThat(fixture.serves(digest)).isFalse();
    assertThat(fixture.store.statistics().mismatchedBlobs()).isEqualTo(1);
  }

  @Test
  void aFileThatCannotBeOpenedIsAMissAndTriedAgain() throws IOException {
    Digest digest = fixture.put("layer");
    Digest other = fixture.put("other");
    fixture.directory.refused.add(digest);

    fixture.work();

    assertThat(fixture.inventory()).containsExactly(other);
    assertThat(fixture.store.statistics().unreadableBlobs()).isEqualTo(1);
    assertThat(fixture.store.holds(digest)).isFalse();

    fixture.directory.refused.clear();
    fixture.workAfter(Inventory.LISTED_WHERE_WATCHED);
    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void aFileThatCannotBeOpenedAnyMoreIsAMissAndNotHashedAgain() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();
    fixture.directory.refused.add(digest);

    assertThat(fixture.store.open(digest)).isNull();
    assertThat(fixture.heard).last().isEqualTo("- " + digest);

    fixture.directory.refused.clear();
    fixture.workAfter(Inventory.LISTED_WHERE_WATCHED);
    assertThat(fixture.serves(digest)).isTrue();
    assertThat(fixture.store.statistics().hashedBytes()).isEqualTo(5);
  }

  @Test
  void aClientThatWaitsHasItHashedAtOnceEvenBeforeTheFirstListing() throws IOException {
    Digest digest = fixture.put("layer");

    try (StoredBlob blob = fixture.store.openVerifying(digest, PATIENCE)) {
      assertThat(read(Objects.requireNonNull(blob))).isEqualTo(digest);
    }
    assertThat(fixture.heard).containsExactly("+ " + digest + " 5");
    assertThat(fixture.store.openVerifying(Digest.sha256("not here"), PATIENCE)).isNull();
  }

  @Test
  void aClientDoesNotWaitForeverAndTheBlobIsHashedNext() throws IOException {
    byte[] large = new byte[2 * BlobHash.PIECE_BYTES + 1];
    Digest digest = Digest.sha256(large);
    fixture.put(digest, large);
    fixture.ownCopies.add(digest); // So that nothing else has it hashed.

    assertThat(fixture.store.openVerifying(digest, Duration.ofNanos(-1))).isNull();
    assertThat(fixture.heard).isEmpty();

    fixture.work();
    assertThat(fixture.serves(digest)).isTrue();
  }

  @Test
  void whatSomebodyComplainedAboutIsHashedAgainBeforeItIsServed() throws IOException {
    Digest digest = fixture.put("layer");
    fixture.work();

    fixture.store.distrust(digest);

    assertThat(fixture.serves(digest)).isFalse();
    fixture.work();
    assertThat(fixture.serves(digest)).isTrue();
    assertThat(fixture.heard)
        .containsExactly("+ " + digest + " 5", "- " + digest, "+ " + digest + " 5");
    assertThat(fixture.store.statistics().hashedBytes()).isEqualTo(10);
  }
}
