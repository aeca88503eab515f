package dev.tarn.agent.canary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

class CanaryFileTest {
  private static final URI MIRROR = URI.create("http://127.0.0.1:5050");

  @TempDir private Path root;
  private Path file;
  private CanaryFile entry;

  @BeforeEach
  void nameTheFile() {
    file = root.resolve("canary.tarn.invalid/hosts.toml");
    entry = new CanaryFile(root, MIRROR);
  }

  @Test
  void namesTheMirrorAndNobodyElse() throws IOException {
    assertThat(entry.put()).isEmpty();

    TomlParseResult toml = Toml.parse(file);
    assertThat(toml.hasErrors()).isFalse();
    assertThat(toml.getString("server")).isEqualTo(MIRROR.toString());
    assertThat(toml.getTableOrEmpty("host").keySet()).containsExactly(MIRROR.toString());
    assertThat(entry.stands()).isTrue();
  }

  @Test
  void leavesTheDirectoryAsItWas() {
    entry.put();
    entry.withdraw();
    entry.withdraw();

    assertThat(root).isEmptyDirectory();
    assertThat(entry.stands()).isFalse();
  }

  @Test
  void whatACrashLeftIsTakenOverAndTakenAway() throws IOException {
    Files.createDirectories(root.resolve(".canary.tarn.invalid"));
    Files.writeString(root.resolve(".canary.tarn.invalid/hosts.toml"), "half");
    new CanaryFile(root, URI.create("http://127.0.0.1:1")).put();

    assertThat(entry.put()).isEmpty();
    assertThat(entry.stands()).isTrue();
    entry.withdraw();

    assertThat(root).isEmptyDirectory();
  }

  @Test
  void anEmptyDirectoryOfThatNameIsUsed() throws IOException {
    Files.createDirectory(file.getParent());

    assertThat(entry.put()).isEmpty();
    assertThat(entry.stands()).isTrue();
  }

  @Test
  void somebodyElsesFileIsLeftAlone() throws IOException {
    Files.createDirectory(file.getParent());
    Files.writeString(file, "server = \"https://example.com\"\n");

    assertThat(entry.put()).hasValueSatisfying(why -> assertThat(why).contains("not ours"));
    entry.withdraw();

    assertThat(file).hasContent("server = \"https://example.com\"\n");
    assertThat(root).isDirectoryNotContaining("glob:**/.canary*");
  }

  @Test
  void anInterruptedThreadTakesItAwayToo() {
    entry.put();
    Thread.currentThread().interrupt();

    entry.withdraw();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void whateverACrashLeavesIsFoundAndTakenAway() throws IOException {
    assertThat(CanaryTraces.remove(root)).isEmpty();
    Path prepared = root.resolve(".canary.tarn.invalid");
    Files.createDirectory(prepared);
    assertThat(CanaryTraces.remove(root)).hasValueSatisfying(CanaryFileTest::isComplete);
    Files.createDirectory(prepared);
    Files.createFile(prepared.resolve("hosts.toml"));
    assertThat(CanaryTraces.remove(root)).hasValueSatisfying(CanaryFileTest::isComplete);
    entry.put();
    assertThat(CanaryTraces.remove(root)).hasValueSatisfying(CanaryFileTest::isComplete);
    Files.createDirectory(file.getParent());
    assertThat(CanaryTraces.remove(root)).hasValueSatisfying(CanaryFileTest::isComplete);

    assertThat(root).isEmptyDirectory();
  }

  @Test
  void somebodyElsesFileIsNoTrace() throws IOException {
    Files.createDirectory(file.getParent());
    Files.writeString(file, "server = \"https://example.com\"\n");

    assertThat(CanaryTraces.remove(root)).isEmpty();
    assertThat(file).exists();
  }

  private static void isComplete(CanaryTraces.Outcome outcome) {
    assertThat(outcome)
        .isEqualTo(new CanaryTraces.Outcome("canary.tarn.invalid: taken back", true));
  }

  @Test
  void aRootThatIsNotThereIsNotMade() {
    Path missing = root.resolve("missing");

    assertThat(new CanaryFile(missing, MIRROR).put()).isPresent();
    assertThat(missing).doesNotExist();
  }
}
