package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tarn remove-cache}, as a pod runs it after an uninstall. */
class RemoveCacheTest {
  @TempDir private Path parent;
  private final CommandRun tarn = new CommandRun();

  @Test
  void aCacheGoesWithItsDirectory() throws IOException {
    Path cache = cache();

    assertThat(remove(cache)).isZero();

    assertThat(cache).doesNotExist();
    assertThat(parent).exists();
  }

  @Test
  void whatOthersPutThereStays() throws IOException {
    Path cache = cache();
    Path note = Files.createFile(cache.resolve("note"));
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    Path kept = Files.createFile(elsewhere.resolve("kept"));
    Files.createSymbolicLink(cache.resolve("blobs").resolve("link"), elsewhere);

    assertThat(remove(cache)).isZero();

    assertThat(cache).isDirectoryContaining(note::equals);
    assertThat(cache.resolve("blobs")).doesNotExist();
    assertThat(kept).exists();
    assertThat(tarn.out()).contains("it stays for note");
  }

  @Test
  void whatIsNoCacheIsLeftAlone() throws IOException {
    Path other = parent.resolve("other");
    Files.createDirectories(other.resolve("blobs"));

    assertThat(remove(other)).isEqualTo(1);

    assertThat(other.resolve("blobs")).exists();
    assertThat(tarn.err()).contains("no cache of Tarn's: nothing was deleted");
  }

  @Test
  void aLinkToACacheIsLeftAlone() throws IOException {
    Path cache = cache();
    Path link = Files.createSymbolicLink(parent.resolve("link"), cache);

    assertThat(remove(link)).isEqualTo(1);

    assertThat(cache.resolve("blobs")).exists();
  }

  @Test
  void whatIsGoneAlreadyOrEmptyIsNoFailure() throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));

    assertThat(remove(empty)).isZero();
    assertThat(remove(empty)).isZero();

    assertThat(empty).doesNotExist();
  }

  @Test
  void aCacheInUseIsLeftAlone() throws IOException, InterruptedException {
    Path cache = cache();
    try (FileChannel channel = FileChannel.open(cache.resolve("lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();

      assertThat(inAnotherProcess(cache)).isEqualTo(1);
    }

    assertThat(cache.resolve("blobs")).exists();
  }

  /** Locks of a file are a process's. */
  private static int inAnotherProcess(Path cache) throws IOException, InterruptedException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "remove-cache",
            "--timeout",
            "0s",
            cache.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private Path cache() throws IOException {
    Path cache = Files.createDirectory(parent.resolve("cache"));
    Path blobs = Files.createDirectories(cache.resolve("blobs/sha256/ab"));
    Files.writeString(blobs.resolve("ab01"), "content");
    Files.createDirectory(cache.resolve("catalog"));
    for (String name : new String[] {"lock", "members.json", "credential-key.new"}) {
      Files.createFile(cache.resolve(name));
    }
    return cache;
  }

  private int remove(Path directory) {
    return tarn.run("remove-cache", "--timeout", "0s", directory.toString());
  }
}
