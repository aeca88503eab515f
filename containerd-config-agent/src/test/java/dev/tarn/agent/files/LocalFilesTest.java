package dev.tarn.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
  @TempDir Path directory;
  private final LocalFiles files = new LocalFiles();

  @Test
  void attributesAreThoseOfALinkItself() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    files.setMode(file, 0640);
    Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(files.attributes(file).orElseThrow().kind()).isEqualTo(Attributes.Kind.FILE);
    assertThat(files.attributes(file).orElseThrow().mode()).isEqualTo(0640);
    assertThat(files.attributes(directory).orElseThrow().isDirectory()).isTrue();
    assertThat(files.attributes(directory.resolve("link")).orElseThrow().kind())
        .isEqualTo(Attributes.Kind.LINK);
    assertThat(files.attributes(directory.resolve("none"))).isEmpty();
    assertThat(files.attributes(file.resolve("below"))).isEmpty();
  }

  @Test
  void readingIsBounded() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "12345");

    assertThat(files.read(file, 5)).asString().isEqualTo("12345");
    assertThatThrownBy(() -> files.read(file, 4)).isInstanceOf(FileSystemException.class);
    assertThat(files.read(Path.of("/proc/self/status"), 1 << 16)).isNotEmpty();
  }

  @Test
  void twoNamesAreExchanged() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), "1");
    Path two = Files.writeString(directory.resolve("two"), "2");

    assumeTrue(files.exchange(one, two), "this file system cannot");

    assertThat(one).content().isEqualTo("2");
    assertThat(two).content().isEqualTo("1");
    assertThatThrownBy(() -> files.exchange(one, directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aNewNameIsNobodysElse() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), "1");
    Path two = Files.writeString(directory.resolve("two"), "2");

    assertThatThrownBy(() -> files.renameNew(one, two))
        .isInstanceOf(FileAlreadyExistsException.class);
    files.renameNew(one, directory.resolve("three"));

    assertThat(directory.resolve("three")).content().isEqualTo("1");
    assertThat(one).doesNotExist();
  }

  @Test
  void aDraftIsClaimedUntilItIsClosed() throws IOException {
    Path file = directory.resolve("draft");
    try (Draft draft = files.create(file)) {
      draft.write("x".getBytes(StandardCharsets.UTF_8));
      draft.sync();
      assertThat(files.isClaimed(file)).isTrue();
      assertThat(files.isClaimed(file)).isTrue();
    }

    assertThat(files.isClaimed(file)).isFalse();
    assertThat(files.isClaimed(directory.resolve("none"))).isFalse();
    assertThatThrownBy(() -> files.create(file)).isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aLabelIsReadAndSetWhereTheSystemLetsUs() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    byte[] label = "system_u:object_r:etc_t:s0\0".getBytes(StandardCharsets.UTF_8);
    try {
      files.setLabel(file, label);
    } catch (FileSystemException e) {
      assumeTrue(false, "not allowed here: " + e);
    }

    assertThat(files.label(file)).contains(label);
    assertThat(files.label(Files.writeString(directory.resolve("other"), "x")))
        .satisfiesAnyOf(
            none -> assertThat(none).isEmpty(), given -> assertThat(given).isPresent());
  }
}
