package dev.tarn.core.store;

import static dev.tarn.core.store.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start on a store that holds very much. */
class StartTest {
  private static final int BLOBS = 100_000;

  @TempDir Path root;

  @Test
  void aHundredThousandBlobsAreServedBeforeOneOfThemWasLookedAt() throws IOException {
    // given a store of many blobs: links, since only their names matter
    Digest real;
    try (StoreFixture fixture = new StoreFixture(root).openFilled()) {
      real = fixture.put(bytes(1, 1000));
    }
    for (int directory = 0; directory < 256; directory++) {
      String start = HexFormat.of().toHexDigits((byte) directory);
      Path parent = Files.createDirectories(root.resolve("blobs/sha256/" + start));
      Path first = Files.write(parent.resolve(start + "f".repeat(62)), new byte[] {1});
      for (int i = 1; i < (BLOBS - 1) / 256 + (directory < (BLOBS - 1) % 256 ? 1 : 0); i++) {
        String hex = start + "0".repeat(54) + HexFormat.of().toHexDigits(i);
        Files.createLink(parent.resolve(hex), first);
      }
    }
    // when
    try (StoreFixture fixture = new StoreFixture(root).open()) {
      // then it serves, though it looked at nothing
      assertThat(fixture.store.statistics().blobs()).isZero();
      assertThat(fixture.background).hasSize(1);
      assertThat(fixture.has(real)).isTrue();
      Digest other = fixture.put(bytes(2, 1000));
      assertThat(fixture.has(other)).isTrue();
      assertThat(fixture.store.statistics().blobs()).isEqualTo(2);
      // and knows all of it once the work in the background is done
      fixture.work();
      assertThat(fixture.store.statistics().blobs()).isEqualTo(BLOBS + 1);
      assertThat(fixture.store.statistics().bytes()).isEqualTo(BLOBS - 1 + 2000);
    }
  }
}
