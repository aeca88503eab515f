package dev.tarn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tarn prepare-cache}, as a pod's init container runs it. */
class PrepareCacheTest {
  private static final int SOMEBODY = 65_532;

  @TempDir private Path directory;
  private final CommandRun tarn = new CommandRun();

  @Test
  void rootsDirectoryIsGivenToTheServersUser() throws IOException {
    assumeTrue(attribute(directory, "unix:uid") == 0, "only root may change owners");
    Path inside = Files.createFile(directory.resolve("inside"));

    assertThat(prepare(SOMEBODY + ":" + SOMEBODY, directory)).isZero();

    assertThat(attribute(directory, "unix:uid")).isEqualTo(SOMEBODY);
    assertThat(attribute(directory, "unix:gid")).isEqualTo(SOMEBODY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwxr-x---");
    assertThat(attribute(inside, "unix:uid")).isEqualTo(0);
    assertThat(tarn.out()).contains("belonged to 0:0, and belongs to 65532:65532 now");
  }

  @Test
  void whatBelongsToItAlreadyIsLeftAsItIs() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x---"));
    String owner = attribute(directory, "unix:uid") + ":" + attribute(directory, "unix:gid");

    assertThat(prepare(owner, directory)).isZero();

    assertThat(tarn.out()).contains("belongs to " + owner + " already");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx--x---");
  }

  @Test
  void whatIsNoDirectoryIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);

    assertThat(prepare("1:1", directory.resolve("nothing"))).isEqualTo(1);
    assertThat(prepare("1:1", link)).isEqualTo(1);

    assertThat(tarn.err()).contains("nothing is not a directory", "link is not a directory");
  }

  @Test
  void anOwnerIsNumbers() {
    assertThat(prepare("tarn:tarn", directory)).isEqualTo(2);
    assertThat(prepare("65532", directory)).isEqualTo(2);

    assertThat(tarn.err()).contains("expected numbers such as 65532:65532, found tarn:tarn");
  }

  private int prepare(String owner, Path path) {
    return tarn.run("prepare-cache", "--owner", owner, path.toString());
  }

  private static int attribute(Path path, String name) throws IOException {
    return (Integer) Files.getAttribute(path, name);
  }
}
