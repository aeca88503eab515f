package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreOptionsTest {
  private static final Path PATH = Path.of("/store");

  @Test
  void defaultsAreThoseOfTheDesign() {
    assertThat(StoreOptions.defaults(PATH))
        .isEqualTo(
            new StoreOptions(
                PATH,
                OptionalLong.empty(),
                0.20,
                0.16,
                20L * 1024 * 1024 * 1024,
                Duration.ofHours(24)));
  }

  @Test
  void onlyTheLimitChanges() {
    StoreOptions limited = StoreOptions.defaults(PATH).withMaxBytes(5);
    assertThat(limited.maxBytes()).hasValue(5);
    assertThat(limited)
        .usingRecursiveComparison()
        .ignoringFields("maxBytes")
        .isEqualTo(StoreOptions.defaults(PATH));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0.2, 0.1, 1, 1, maxBytes",
    "1, -0.1, 0, 1, 1, minFree",
    "1, 1, 0, 1, 1, minFree",
    "1, NaN, 0, 1, 1, minFree",
    "1, 0.2, 0.21, 1, 1, reserveFree",
    "1, 0.2, -0.1, 1, 1, reserveFree",
    "1, 0.2, NaN, 1, 1, reserveFree",
    "1, 0.2, 0.1, -1, 1, partial",
    "1, 0.2, 0.1, 1, -1, partial",
  })
  void whatMakesNoSenseIsRefused(
      long max, double minFree, double reserve, long partial, long ttl, String said) {
    assertThatThrownBy(
            () ->
                new StoreOptions(
                    PATH, OptionalLong.of(max), minFree, reserve, partial, Duration.ofSeconds(ttl)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said);
  }

  @Test
  void boundsThemselvesAreAllowed() {
    StoreOptions bounds = new StoreOptions(PATH, OptionalLong.of(0), 0, 0, 0, Duration.ZERO);
    assertThat(bounds.minFree()).isZero();
    assertThat(
            new StoreOptions(PATH, OptionalLong.empty(), 0.3, 0.3, 1, Duration.ZERO).reserveFree())
        .isEqualTo(0.3);
  }

  @Test
  void theFileSystemIsAskedForItsSpace(@TempDir Path directory) {
    File file = directory.toFile();
    FileSystemSpace space = FileSystemSpace.of(directory);
    assertThat(space.totalBytes()).isEqualTo(file.getTotalSpace()).isPositive();
    assertThat(space.usableBytes()).isPositive().isLessThanOrEqualTo(space.totalBytes());
    assertThat(FileSystemSpace.of(directory.resolve("missing")).totalBytes()).isZero();
  }
}
