package dev.tarn.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.range.ChunkGrid;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed at instants that a seed decides, again and again on the same store. */
class KillTest {
  private static final int KILLS = 8;
  private static final long MAX_LIFE_LINES = 60;

  /** Room enough on any machine. */
  static final FileSystemSpace SPACE = new SettableSpace();

  @TempDir Path root;

  private final Map<Digest, Long> numbers = new HashMap<>();
  private final Set<Digest> published = new HashSet<>();
  private int resumable;

  @Test
  void whateverTheInstantWhatWasPublishedIsThereAndNothingIsWrong() throws Exception {
    for (long number = 0; number < KillVictim.NUMBERS; number++) {
      numbers.put(Digest.sha256(KillVictim.content(number)), number);
    }
    Random random = new Random(11);
    for (int kill = 0; kill < KILLS; kill++) {
      liveAndDie(random, kill);
      checkStore();
    }
    assertThat(published).hasSizeGreaterThan(10);
    assertThat(resumable).isPositive();
  }

  /** Runs a victim until it has done so many things, and then up to some milliseconds longer. */
  private void liveAndDie(Random random, int kill) throws Exception {
    long lines = 1 + random.nextLong(MAX_LIFE_LINES);
    long longerNanos = random.nextLong(30_000_000);
    Process victim = start(kill);
    try (BufferedReader output = victim.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      while (!"open".equals(line)) {
        assertThat(line).isNotNull();
        line = output.readLine();
      }
      if (kill == 0) {
        assertThatThrownBy(() -> new StoreFixture(root).open())
            .isInstanceOf(StoreInUseException.class);
      }
      for (; lines > 0; lines--) {
        note(output.readLine());
      }
      boolean ended = victim.waitFor(longerNanos, TimeUnit.NANOSECONDS);
      assertThat(ended).isFalse();
      // By its handle, which leaves the output open for what was said before.
      assertThat(victim.toHandle().destroyForcibly()).isTrue();
      assertThat(victim.waitFor()).isEqualTo(128 + 9);
      output.lines().forEach(this::note);
    }
  }

  private Process start(int seed) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            KillVictim.class.getName(),
            root.toString(),
            Integer.toString(seed))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void anotherProcessIsRefusedWhateverThisOneTried() throws Exception {
    try (StoreFixture _ = new StoreFixture(root).open()) {
      assertThatThrownBy(() -> new StoreFixture(root).open())
          .isInstanceOf(StoreInUseException.class);
      Process other = start(0);
      assertThat(other.inputReader(StandardCharsets.UTF_8).lines()).doesNotContain("open");
      assertThat(other.waitFor()).isEqualTo(1);
    }
  }

  private void note(String line) {
    List<String> words = List.of(line.split(" "));
    switch (words.getFirst()) {
      case "published" -> published.add(Digest.parse(words.getLast()).orElseThrow());
      case "removing" -> published.remove(Digest.parse(words.getLast()).orElseThrow());
      default -> {
        // what is logged
      }
    }
  }

  private void checkStore() throws IOException {
    try (StoreFixture fixture = new StoreFixture(root).openFilled()) {
      for (Path file : fixture.files("blobs")) {
        assertThat(Digest.sha256(Files.readAllBytes(file)).hex())
            .isEqualTo(file.getFileName().toString());
      }
      for (Digest digest : published) {
        assertThat(fixture.has(digest)).as("content %s", digest).isTrue();
      }
      assertThat(fixture.files("tmp")).isEmpty();
      for (Map.Entry<Digest, Long> entry : numbers.entrySet()) {
        if (fixture.store.partialSize(entry.getKey()).isPresent()) {
          checkPartial(fixture, entry.getKey(), KillVictim.content(entry.getValue()));
        }
      }
    }
  }

  private void checkPartial(StoreFixture fixture, Digest digest, byte[] content)
      throws IOException {
    ChunkGrid grid = new ChunkGrid(content.length);
    assertThat(fixture.store.partialSize(digest)).hasValue(content.length);
    try (PartialBlob partial = fixture.admit(digest, content.length)) {
      BitSet resumed = partial.resumedChunks();
      for (int chunk = resumed.nextSetBit(0); chunk >= 0; chunk = resumed.nextSetBit(chunk + 1)) {
        ByteBuffer bytes = ByteBuffer.allocate(grid.length(chunk));
        assertThat(partial.channel().read(bytes, grid.start(chunk))).isEqualTo(bytes.capacity());
        assertThat(bytes.flip())
            .isEqualTo(ByteBuffer.wrap(content, (int) grid.start(chunk), grid.length(chunk)));
        resumable++;
      }
    }
  }
}
