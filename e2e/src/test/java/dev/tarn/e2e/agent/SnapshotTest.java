package dev.tarn.e2e.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
  @TempDir private Path base;
  private Path file;

  @BeforeEach
  void makeTree() throws IOException {
    file = Files.createDirectories(base.resolve("root/registry")).resolve("hosts.toml");
    Files.writeString(file, "server = \"https://registry.test\"\n");
  }

  @Test
  void nothingIsOtherwiseWhereNothingChanged() {
    assertThat(snapshot().differences(snapshot())).isEmpty();
  }

  @Test
  void contentModeAndListingAreCompared() throws IOException {
    Snapshot before = snapshot();

    Files.writeString(file, "server = \"https://registry.best\"\n");
    assertThat(before.differences(snapshot())).hasSize(1);
    Files.setPosixFilePermissions(
        Files.createFile(file.resolveSibling("beside")),
        PosixFilePermissions.fromString("rw-------"));
    assertThat(before.differences(snapshot())).hasSize(2);
    Files.setPosixFilePermissions(
        base.resolve("root"), PosixFilePermissions.fromString("rwx------"));
    assertThat(before.differences(snapshot())).hasSize(3);
  }

  @Test
  void aRootThatIsNotThereDiffersFromAnEmptyOne() throws IOException {
    Snapshot before = snapshot();

    Files.createDirectory(base.resolve("absent"));

    assertThat(before.differences(snapshot())).singleElement().asString().startsWith("absent: was");
  }

  @Test
  void whatTheAgentLeftBesideARootIsSeen() throws IOException {
    Snapshot before = snapshot();

    Files.createDirectory(base.resolve(".tarn-new-1-root"));
    Files.createDirectory(base.resolve("elsewhere"));

    assertThat(before.differences(snapshot())).singleElement().asString().startsWith(".tarn-new");
  }

  private Snapshot snapshot() {
    return Snapshot.of(base, List.of("root", "absent"));
  }
}
