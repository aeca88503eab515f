package dev.tarn.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplacementTest {
  @TempDir Path directory;
  private final AtomicInteger drafts = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileIsReplacedAndKeepsItsMode(boolean exchanges) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "old");
    Files.setAttribute(file, "unix:mode", 0604);

    replace(new FaultyFiles(FaultyFiles.Fault.NONE, 0, exchanges, () -> {}), file, "old", "new");

    assertThat(file).content().isEqualTo("new");
    assertThat(new LocalFiles().attributes(file).orElseThrow().mode()).isEqualTo(0604);
    assertThat(directory).isDirectoryNotContaining("glob:**draft*");
  }

  @Test
  void aFileThatIsNoLongerWhatWasSeenIsNotReplaced() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "theirs");

    assertThatThrownBy(() -> replace(FaultyFiles.none(), file, "old", "new"))
        .isInstanceOf(ChangedException.class);

    assertThat(file).content().isEqualTo("theirs");
    assertThat(directory).isDirectoryNotContaining("glob:**draft*");
  }

  @Test
  void anEditBetweenTheLastLookAndTheExchangeIsPutBack() throws IOException {
    for (int at = 0; at < 30; at++) {
      Path file = Files.writeString(directory.resolve("file"), "old");
      boolean[] edited = {false};
      FaultyFiles files =
          new FaultyFiles(
              FaultyFiles.Fault.MEET,
              at,
              true,
              () -> {
                edited[0] = true;
                edit(file);
              });
      try {
        replace(files, file, "old", "new");
        // Whoever edits after the exchange edits the new file, or the name that it has now.
        assertThat(Files.readString(file)).isIn("new", "theirs");
      } catch (ChangedException e) {
        assertThat(file).content().isEqualTo("theirs");
      }
      if (edited[0]) {
        assertThat(file).as("at %s", at).content().isEqualTo("theirs");
      }
      assertThat(directory).isDirectoryNotContaining("glob:**draft*");
    }
  }

  @Test
  void aFileIsMadeOnlyWhereThereIsNone() throws IOException {
    Path file = directory.resolve("file");
    Replacement replacement = new Replacement(FaultyFiles.none(), this::draft);

    replacement.create(file, bytes("one"), 0644);
    assertThatThrownBy(() -> replacement.create(file, bytes("two"), 0644))
        .isInstanceOf(ChangedException.class);

    assertThat(file).content().isEqualTo("one");
    assertThat(directory).isDirectoryNotContaining("glob:**draft*");
  }

  @Test
  void aFileIsRemovedOnlyWhileItIsWhatWasSeen() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "theirs");
    Replacement replacement = new Replacement(FaultyFiles.none(), this::draft);

    assertThatThrownBy(() -> replacement.remove(file, bytes("old")))
        .isInstanceOf(ChangedException.class);
    assertThat(file).content().isEqualTo("theirs");
    replacement.remove(file, bytes("theirs"));

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theLabelStaysWhereNewFilesGetOne() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "old");
    Labels labels = new Labels(true);
    labels.setLabel(file, bytes("old_t"));

    replace(labels, file, "old", "new");

    assertThat(labels.set).containsValue("old_t").hasSize(2);
  }

  @Test
  void whereNewFilesGetNoLabelNoneIsSet() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "old");
    Labels labels = new Labels(false);
    labels.setLabel(file, bytes("stale_t"));

    replace(labels, file, "old", "new");

    assertThat(labels.set).hasSize(1);
  }

  private void replace(HostFiles files, Path file, String before, String content)
      throws IOException {
    Attributes seen = files.attributes(file).orElseThrow();
    new Replacement(files, this::draft).replace(file, seen, bytes(before), bytes(content));
  }

  private String draft() {
    return "draft" + drafts.incrementAndGet();
  }

  private static void edit(Path file) {
    try {
      Path theirs = Files.writeString(file.resolveSibling("theirs"), "theirs");
      Files.move(theirs, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A host with SELinux, or one whose files have labels from a time when it had it. */
  private static final class Labels extends ForwardingFiles {
    private final Map<Path, String> set = new HashMap<>();
    private final boolean enabled;

    Labels(boolean enabled) {
      this.enabled = enabled;
    }

    @Override
    public Optional<byte[]> label(Path path) {
      String label = set.get(path);
      if (label != null) {
        return Optional.of(bytes(label));
      }
      return enabled ? Optional.of(bytes("default_t")) : Optional.empty();
    }

    @Override
    public void setLabel(Path path, byte[] label) {
      set.put(path, new String(label, StandardCharsets.UTF_8));
    }
  }
}
