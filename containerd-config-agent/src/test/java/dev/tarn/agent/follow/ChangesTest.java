package dev.tarn.agent.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ChangesTest {
  private static final long LONG_MILLIS = 20_000;

  @TempDir Path root;

  @Test
  void aChangeInADirectoryOfARegistryEndsTheWait() throws Exception {
    Path docker = Files.createDirectory(root.resolve("docker.io"));
    Path hosts = Files.writeString(docker.resolve("hosts.toml"), "a");
    try (Changes changes = Changes.watching()) {
      changes.follow(List.of(root));
      assertThat(changes.isComplete()).isTrue();

      Files.delete(hosts);
      assertThat(changes.await(LONG_MILLIS, true)).isTrue();
    }
  }

  @Test
  void aNewDirectoryEndsTheWaitAndIsFollowed() throws Exception {
    try (Changes changes = Changes.watching()) {
      changes.follow(List.of(root));

      Path quay = Files.createDirectory(root.resolve("quay.io"));
      assertThat(changes.await(LONG_MILLIS, true)).isTrue();
      changes.follow(List.of(root));
      Files.writeString(quay.resolve("hosts.toml"), "a");
      assertThat(changes.await(LONG_MILLIS, true)).isTrue();
    }
  }

  @Test
  void aRootThatIsNotThereIsPolled() throws Exception {
    try (Changes changes = Changes.watching()) {
      changes.follow(List.of(root.resolve("none")));
      assertThat(changes.isComplete()).isFalse();

      Files.createDirectory(root.resolve("none"));
      changes.follow(List.of(root.resolve("none")));
      assertThat(changes.isComplete()).isTrue();
    }
  }

  @Test
  void whereNothingIsWatchedTimePasses() throws Exception {
    try (Changes changes = Changes.polling()) {
      changes.follow(List.of(root));

      assertThat(changes.isComplete()).isFalse();
      assertThat(changes.await(1, true)).isFalse();
    }
  }

  @Test
  void whoWaitsIsWoken() throws Exception {
    for (Changes changes : List.of(Changes.watching(), Changes.polling())) {
      changes.follow(List.of(root));
      Thread waker = new Thread(changes::wake);
      waker.start();

      assertThat(changes.await(LONG_MILLIS, true)).isFalse();
      assertThat(changes.await(1, false)).isFalse();
      waker.join();
    }
  }

  @Test
  void whoIsWokenBeforeTheWaitDoesNotWait() throws Exception {
    for (boolean heed : new boolean[] {true, false}) {
      Changes changes = Changes.watching();
      changes.wake();

      assertThat(changes.await(LONG_MILLIS, heed)).isFalse();
    }
  }
}
