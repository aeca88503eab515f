package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process in a mount namespace of its own, with a file that only it sees, is the host. */
class HostNamespaceTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private Process other;

  @BeforeEach
  void startTheHost() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")));
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")));
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/nsenter")));
    other =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t tmpfs none '"
                    + directory
                    + "' && echo secret >'"
                    + directory
                    + "/file' && echo ready && exec sleep 600")
            .redirectErrorStream(true)
            .start();
    assumeTrue("ready".equals(other.inputReader().readLine()));
  }

  @AfterEach
  void stopTheHost() {
    if (other != null) {
      other.destroy();
    }
  }

  @Test
  void isEnteredWithAnNsenterOfOurs() {
    HostNamespace namespace = new HostNamespace(other.pid(), List.of(Path.of("/usr/bin")));

    assertThat(namespace.prefix().orElseThrow()).startsWith("/usr/bin/nsenter", "--target");
    assertThat(read(namespace)).isEqualTo("secret\n");
  }

  @Test
  void isEnteredWithItsOwnNsenterAndItsOwnLoaderWhereWeHaveNone() {
    HostNamespace namespace = new HostNamespace(other.pid(), List.of());

    assertThat(namespace.prefix().orElseThrow().getFirst())
        .startsWith(Path.of("/proc", Long.toString(other.pid()), "root") + "/");
    assertThat(read(namespace)).isEqualTo("secret\n");
  }

  @Test
  void itsFilesAreSeen() throws IOException {
    HostNamespace namespace = new HostNamespace(other.pid(), List.of());

    assertThat(namespace.isVisible()).isTrue();
    assertThat(new HostFiles(namespace.root()).read(directory + "/file")).contains("secret\n");
    assertThat(directory.resolve("file")).doesNotExist();
  }

  @Test
  void isHereOnlyForAProcessInIt() {
    assertThat(new HostNamespace(other.pid(), List.of()).isHere()).isFalse();
    assertThat(new HostNamespace(ProcessHandle.current().pid(), List.of()).isHere()).isTrue();
    assertThat(new HostNamespace(Integer.MAX_VALUE, List.of()).isHere()).isFalse();
    assertThat(new HostNamespace(Integer.MAX_VALUE, List.of()).isVisible()).isFalse();
  }

  private String read(HostNamespace namespace) {
    return new Processes(namespace.prefix().orElseThrow())
        .run(List.of("cat", directory + "/file"), LIMIT)
        .out();
  }
}
