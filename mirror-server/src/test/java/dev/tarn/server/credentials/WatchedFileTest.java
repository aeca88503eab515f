package dev.tarn.server.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {
  @TempDir Path directory;
  private final LogCapture log = new LogCapture();
  private final AtomicLong nanos = new AtomicLong(-5);
  private final AtomicInteger parsed = new AtomicInteger();

  @AfterEach
  void stopListening() {
    log.close();
  }

  private WatchedFile<String> watch(Path file) {
    return new WatchedFile<>(file, this::parse, "none", nanos::get);
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

  private long warnings() {
    return log.events().stream().filter(event -> event.startsWith("WARN")).count();
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
    assertThat(warnings()).isZero();
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
    assertThat(warnings()).isEqualTo(1);
    assertThat(log.events().toString())
        .contains("credentials_not_loaded", "is broken")
        .doesNotContain("s3cr3t");

    Files.delete(path);
    assertThat(later(file)).isEqualTo("one");
    assertThat(log.events().getLast()).contains("does not exist");

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
  void whatIsNoFileOrTooLargeIsNotRead() throws IOException {
    assertThat(watch(directory).current()).isEqualTo("none");
    Path large = Files.write(directory.resolve("large"), new byte[1024 * 1024 + 1]);
    assertThat(watch(large).current()).isEqualTo("none");
    assertThat(parsed).hasValue(0);
    assertThat(log.events().toString()).contains("is not a file", "is larger than 1 MiB");
  }
}
