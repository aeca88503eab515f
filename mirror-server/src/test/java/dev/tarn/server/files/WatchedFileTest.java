package dev.tarn.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {
  @TempDir Path directory;
  private final List<String> loaded = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final AtomicInteger parsed = new AtomicInteger();

  private WatchedFile<String> watch(Path file) {
    return watch(file, WatchedFile.Missing.KEEPS);
  }

  private WatchedFile<String> watch(Path file, WatchedFile.Missing missing) {
    return new WatchedFile<>(
        file,
        this::parse,
        "none",
        missing,
        nanos::get,
        new WatchedFile.Listener() {
          @Override
          public void loaded(Path path, Object found) {
            loaded.add(found.toString());
          }

          @Override
          public void notLoaded(Path path, String why) {
            troubles.add(why);
          }
        });
  }

  private String parse(byte[] bytes) throws UnusableException {
    parsed.incrementAndGet();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.startsWith("broken")) {
      throw new UnusableException("is broken");
    }
    return text;
  }

  private String later(WatchedFile<String> file) {
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    return file.current();
  }

  @Test
  void aChangeIsSeenASecondLaterAndWhatDidNotChangeIsNotReadAgain() throws IOException {
    Path path = Files.writeString(directory.resolve("config.json"), "one");
    WatchedFile<String> file = watch(path);
    assertThat(file.current()).isEqualTo("one");
    assertThat(later(file)).isEqualTo("one");
    assertThat(parsed).hasValue(1);

    Files.writeString(path, "second");

    assertThat(file.current()).isEqualTo("one");
    assertThat(later(file)).isEqualTo("second");
    assertThat(parsed).hasValue(2);
  }

  @Test
  void aMountedSecretIsFollowedWhenItsLinksAreSwapped() throws IOException {
    Path old = Files.createDirectory(directory.resolve("..2026_01"));
    Files.writeString(old.resolve(".dockerconfigjson"), "one");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
    Path path =
        Files.createSymbolicLink(
            directory.resolve(".dockerconfigjson"), Path.of("..data/.dockerconfigjson"));
    WatchedFile<String> file = watch(path);
    assertThat(file.current()).isEqualTo("one");

    Path next = Files.createDirectory(directory.resolve("..2026_02"));
    Files.writeString(next.resolve(".dockerconfigjson"), "two");
    Files.setLastModifiedTime(
        next.resolve(".dockerconfigjson"),
        Files.getLastModifiedTime(old.resolve(".dockerconfigjson")));
    Path link = Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("..2026_02"));
    Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(old.resolve(".dockerconfigjson"));
    Files.delete(old);

    assertThat(later(file)).isEqualTo("two");
    assertThat(troubles).isEmpty();
    assertThat(loaded).containsExactly("one", "two");
  }

  @Test
  void aBrokenVersionLeavesTheLastGoodOneInForceAndIsToldOnce() throws IOException {
    Path path = Files.writeString(directory.resolve("config.json"), "one");
    WatchedFile<String> file = watch(path);
    assertThat(file.current()).isEqualTo("one");

    Files.writeString(path, "broken, with s3cr3t in it");
    for (int i = 0; i < 3; i++) {
      assertThat(later(file)).isEqualTo("one");
    }
    assertThat(troubles).containsExactly("is broken");

    Files.delete(path);
    assertThat(later(file)).isEqualTo("one");
    assertThat(troubles).containsExactly("is broken", "does not exist");

    Files.writeString(path, "three");
    assertThat(later(file)).isEqualTo("three");
  }

  @Test
  void aFileThatIsNotThereYetIsFoundWhenItIs() throws IOException {
    Path path = directory.resolve("config.json");
    WatchedFile<String> file = watch(path);
    assertThat(file.current()).isEqualTo("none");
    Files.writeString(path, "one");
    assertThat(later(file)).isEqualTo("one");
  }

  @Test
  void whereAFileThatIsGoneCountsForNothingWhatWasBeforeCounts() throws IOException {
    Path path = Files.writeString(directory.resolve("config.json"), "one");
    WatchedFile<String> file = watch(path, WatchedFile.Missing.RESETS);
    assertThat(file.current()).isEqualTo("one");

    Files.writeString(path, "broken");
    assertThat(later(file)).isEqualTo("one");
    Files.delete(path);
    assertThat(later(file)).isEqualTo("none");

    Files.writeString(path, "one");
    assertThat(later(file)).isEqualTo("one");
  }

  @Test
  void whatIsNoFileOrTooLargeIsNotRead() throws IOException {
    assertThat(watch(directory).current()).isEqualTo("none");
    Path large = Files.write(directory.resolve("large"), new byte[1024 * 1024 + 1]);
    assertThat(watch(large).current()).isEqualTo("none");
    assertThat(parsed).hasValue(0);
    assertThat(troubles).containsExactly("is not a file", "is larger than 1 MiB");
  }
}
