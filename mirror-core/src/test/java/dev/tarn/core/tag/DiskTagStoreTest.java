package dev.tarn.core.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.catalog.Catalog;
import dev.tarn.core.catalog.FieldRecord;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskTagStoreTest {
  private static final RegistryHost REGISTRY = RegistryHost.DOCKER_HUB;
  private static final RepositoryName REPOSITORY = new RepositoryName("library/alpine");
  private static final Tag TAG = new Tag("3.20");
  private static final TagRecord RECORD =
      new TagRecord(
          Digest.sha256("manifest"),
          "application/vnd.oci.image.index.v1+json",
          1234,
          Instant.ofEpochMilli(1_700_000_000_123L),
          true);

  @TempDir Path root;
  private TagStore tags;

  @BeforeEach
  void open() throws IOException {
    tags = new DiskTagStore(Catalog.open(root));
  }

  private TagStore reopened() throws IOException {
    return new DiskTagStore(Catalog.open(root));
  }

  private Path file() {
    return root.resolve("docker.io/library/alpine/@tags/3.20");
  }

  @Test
  void aTagThatWasNeverRecordedIsUnknown() {
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isNull();
  }

  @Test
  void aRecordIsFoundAgainAlsoAfterARestart() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isEqualTo(RECORD);
    assertThat(reopened().find(REGISTRY, REPOSITORY, TAG)).isEqualTo(RECORD);
  }

  @Test
  void recordsOfOtherNamesAreApart() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    assertThat(tags.find(new RegistryHost("ghcr.io"), REPOSITORY, TAG)).isNull();
    assertThat(tags.find(REGISTRY, new RepositoryName("library"), TAG)).isNull();
    assertThat(tags.find(REGISTRY, REPOSITORY, new Tag("3"))).isNull();
  }

  @Test
  void aTagThatWasLookedForInVainIsFoundOnceItIsRecorded() throws IOException {
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isNull();
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isEqualTo(RECORD);
  }

  @Test
  void theLatestRecordCounts() throws IOException {
    TagRecord moved = new TagRecord(Digest.sha256("moved"), "text/plain", 0, Instant.EPOCH, false);
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    tags.record(REGISTRY, REPOSITORY, TAG, moved);
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isEqualTo(moved);
    assertThat(reopened().find(REGISTRY, REPOSITORY, TAG)).isEqualTo(moved);
  }

  @Test
  void aForgottenTagIsUnknown() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    tags.forget(REGISTRY, REPOSITORY, TAG);
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isNull();
    assertThat(reopened().find(REGISTRY, REPOSITORY, TAG)).isNull();
    tags.forget(REGISTRY, REPOSITORY, TAG);
  }

  @Test
  void ofARecordOfAnEarlierVersionItIsNotKnownThatItIsFull() throws IOException {
    Catalog catalog = Catalog.open(root);
    Map<String, String> fields =
        Map.of(
            "digest",
            RECORD.digest().toString(),
            "mediaType",
            RECORD.mediaType(),
            "size",
            "1234",
            "checkedMillis",
            "1700000000123");
    catalog.write(catalog.tag(REGISTRY, REPOSITORY, TAG), new FieldRecord(fields));

    assertThat(tags.find(REGISTRY, REPOSITORY, TAG))
        .isEqualTo(
            new TagRecord(RECORD.digest(), RECORD.mediaType(), 1234, RECORD.checked(), false));
  }

  @Test
  void theTagsOfARepositoryAreListedAlsoAfterARestart() throws IOException {
    assertThat(tags.tags(REGISTRY, REPOSITORY)).isEmpty();
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    tags.record(REGISTRY, REPOSITORY, new Tag("latest"), RECORD);
    tags.record(REGISTRY, REPOSITORY, new Tag("3.19"), RECORD);
    tags.record(REGISTRY, new RepositoryName("library/alpine/sub"), new Tag("1"), RECORD);
    tags.record(new RegistryHost("ghcr.io"), REPOSITORY, new Tag("2"), RECORD);
    tags.forget(REGISTRY, REPOSITORY, new Tag("3.19"));
    Files.writeString(file().resolveSibling("no tag"), "x");

    for (TagStore store : new TagStore[] {tags, reopened()}) {
      assertThat(store.tags(REGISTRY, REPOSITORY)).containsExactly(TAG, new Tag("latest"));
      assertThat(store.tags(REGISTRY, new RepositoryName("library"))).isEmpty();
    }
  }

  @Test
  void aTagThatCouldNotBeWrittenIsListed() throws IOException {
    Files.createDirectories(root.resolve("docker.io/library/alpine/@tags/3.20/in-the-way"));
    assertThatThrownBy(() -> tags.record(REGISTRY, REPOSITORY, TAG, RECORD))
        .isInstanceOf(IOException.class);
    Files.delete(root.resolve("docker.io/library/alpine/@tags/3.20/in-the-way"));
    Files.delete(file());

    assertThat(tags.tags(REGISTRY, REPOSITORY)).containsExactly(TAG);
  }

  @Test
  void aHitTouchesNoDisk() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    Files.delete(file());
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isEqualTo(RECORD);
  }

  @Test
  void thatNothingIsKnownIsRememberedToo() throws IOException {
    TagStore other = reopened();
    assertThat(other.find(REGISTRY, REPOSITORY, TAG)).isNull();
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    assertThat(other.find(REGISTRY, REPOSITORY, TAG)).isNull();
  }

  @Test
  void aTornFileIsATagThatIsUnknown() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      assertThat(reopened().find(REGISTRY, REPOSITORY, TAG)).isNull();
    }
  }

  @Test
  void aFileOfZerosIsATagThatIsUnknown() throws IOException {
    tags.record(REGISTRY, REPOSITORY, TAG, RECORD);
    Files.write(file(), new byte[200]);
    assertThat(reopened().find(REGISTRY, REPOSITORY, TAG)).isNull();
  }

  @Test
  void whatCannotBeWrittenIsKnownUntilTheNextStart() throws IOException {
    Files.createDirectories(root.resolve("docker.io/library"));
    Files.writeString(root.resolve("docker.io/library/alpine"), "in the way");
    assertThatThrownBy(() -> tags.record(REGISTRY, REPOSITORY, TAG, RECORD))
        .isInstanceOf(IOException.class);
    assertThat(tags.find(REGISTRY, REPOSITORY, TAG)).isEqualTo(RECORD);
    assertThat(root.resolve("@tmp")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nsize=7", "a\r\ncrc32c=0", "a=b", "", "ünïcode"})
  void aMediaTypeOfAnyFormSpoilsNothing(String mediaType) throws IOException {
    TagRecord odd = new TagRecord(RECORD.digest(), mediaType, 3, Instant.EPOCH, false);
    tags.record(REGISTRY, REPOSITORY, TAG, odd);
    TagRecord found = reopened().find(REGISTRY, REPOSITORY, TAG);
    assertThat(found)
        .isEqualTo(
            new TagRecord(
                RECORD.digest(), mediaType.replaceAll("[\r\n]", " "), 3, Instant.EPOCH, false));
  }

  @Test
  void temporaryFilesOfAnEarlierRunAreDeleted() throws IOException {
    Files.writeString(root.resolve("@tmp/17"), "left behind");
    TagStore next = reopened();
    next.record(REGISTRY, REPOSITORY, TAG, RECORD);
    try (Stream<Path> left = Files.list(root.resolve("@tmp"))) {
      assertThat(left).isEmpty();
    }
  }
}
