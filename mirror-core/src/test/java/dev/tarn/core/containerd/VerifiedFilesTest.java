package dev.tarn.core.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedFilesTest {
  private static final Digest ONE = Digest.sha256("one");
  private static final Digest TWO = Digest.sha256("two");
  private static final FileIdentity IDENTITY = new FileIdentity(77, 1_700_000_000_123_456_789L, 3);

  @TempDir Path root;
  private Path file;

  @BeforeEach
  void name() {
    file = root.resolve("verified");
  }

  private VerifiedFiles loaded() {
    VerifiedFiles files = new VerifiedFiles(file);
    files.load();
    return files;
  }

  @Test
  void whatIsRememberedIsThereAfterARestart() {
    loaded().remember(ONE, IDENTITY);

    assertThat(loaded().find(ONE)).isEqualTo(IDENTITY);
    assertThat(loaded().find(TWO)).isNull();
  }

  @Test
  void theLatestLineCounts() {
    FileIdentity later = new FileIdentity(78, 5, 3);
    VerifiedFiles files = loaded();
    files.remember(ONE, IDENTITY);
    files.remember(ONE, later);

    assertThat(loaded().find(ONE)).isEqualTo(later);
  }

  @Test
  void aTornLineCountsForNothing() throws IOException {
    loaded().remember(ONE, IDENTITY);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThat(loaded().find(ONE)).as("%d bytes", length).isNull();
    }
  }

  @Test
  void garbageCountsForNothing() throws IOException {
    loaded().remember(ONE, IDENTITY);
    Files.write(file, new byte[] {(byte) 0xff, 0, '\n'}, StandardOpenOption.APPEND);
    Files.writeString(file, TWO + " 1 x 2 .\nsha256:zz 1 2 3 .\n", StandardOpenOption.APPEND);

    assertThat(loaded().find(ONE)).isEqualTo(IDENTITY);
    assertThat(loaded().find(TWO)).isNull();
  }

  @Test
  void aFileThatIsMostlyAboutWhatIsGoneIsWrittenAnew() throws IOException {
    VerifiedFiles files = loaded();
    files.remember(ONE, IDENTITY);
    for (int i = 0; i < 1100; i++) {
      files.remember(Digest.sha256("gone " + i), IDENTITY);
    }
    files.tidy(ONE::equals);

    assertThat(Files.readAllLines(file)).hasSize(1);
    assertThat(loaded().find(ONE)).isEqualTo(IDENTITY);
    try (var left = Files.list(root)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void whereNothingCanBeWrittenItIsRememberedUntilTheEnd() throws IOException {
    Files.createDirectory(file);
    VerifiedFiles files = loaded();

    files.remember(ONE, IDENTITY);
    files.tidy(_ -> true);

    assertThat(files.find(ONE)).isEqualTo(IDENTITY);
  }
}
