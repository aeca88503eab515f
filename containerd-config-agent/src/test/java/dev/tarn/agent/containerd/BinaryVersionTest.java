package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryVersionTest {
  @TempDir Path mount;

  @Test
  void asksTheFirstThatAnswers() throws IOException {
    program("/usr/bin/containerd", "exit 1");
    program("/opt/containerd", "echo containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b");
    Files.createSymbolicLink(mount.resolve("usr/bin/linked"), Path.of("/opt/containerd"));

    assertThat(of("/none", "/usr/bin/containerd", "/usr/bin/linked"))
        .isEqualTo(List.of(new ContainerdVersion(2, 1, 4)));
  }

  @Test
  void whatDoesNotRunHereSaysNothing() throws IOException {
    program("/text", "echo something else 1.2.3");
    Path other = mount.resolve("other");
    Files.write(other, new byte[] {0x7f, 'E', 'L', 'F', 9, 9});
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(mount.resolve("plain"), "containerd x 1.2.3");
    Files.createDirectories(mount.resolve("directory"));

    assertThat(of("/text", "/other", "/plain", "/directory", "/none")).isEmpty();
  }

  private List<ContainerdVersion> of(String... binaries) {
    return new BinaryVersion(new HostRoot(mount)).of(List.of(binaries)).stream().toList();
  }

  private void program(String hostPath, String script) throws IOException {
    Path path = mount.resolve(hostPath.substring(1));
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
