package dev.tarn.core.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's own watch. */
@Timeout(60)
class NioWatchTest {
  private static final long LONG = Duration.ofSeconds(10).toNanos();

  @TempDir Path root;

  @Test
  void whatIsRenamedIntoADirectoryAndDeletedFromItIsTold() throws Exception {
    Path directory = Files.createDirectory(root.resolve("sha256"));
    Path file = directory.resolve("a");
    try (NioWatch watch = NioWatch.open()) {
      watch.add(directory);
      watch.add(directory);

      Files.move(Files.createFile(root.resolve("ingest")), file);
      assertThat(next(watch)).contains(file);
      Files.delete(file);
      assertThat(next(watch)).contains(file);
    }
  }

  private static List<Path> next(NioWatch watch) throws InterruptedException {
    List<Path> files = new ArrayList<>();
    while (files.isEmpty()) {
      watch.await(LONG);
      files.addAll(watch.take().files());
    }
    return files;
  }

  @Test
  void aDirectoryThatGoesIsSomethingMissedAndItsSuccessorIsWatched() throws Exception {
    Path directory = Files.createDirectory(root.resolve("sha256"));
    try (NioWatch watch = NioWatch.open()) {
      watch.add(directory);

      Files.delete(directory);
      boolean missed = false;
      while (!missed) {
        watch.await(LONG);
        missed = watch.take().missed();
      }
      Files.createDirectory(directory);
      watch.add(directory);
      Files.createFile(directory.resolve("a"));
      assertThat(next(watch)).contains(directory.resolve("a"));
    }
  }

  @Test
  void closingTwiceIsFine() throws IOException {
    NioWatch watch = NioWatch.open();
    watch.close();
    watch.close();
  }
}
