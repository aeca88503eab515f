package dev.tarn.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostRootTest {
  @TempDir Path outside;

  private Path mount;
  private HostRoot host;

  @BeforeEach
  void mount() throws IOException {
    mount = Files.createDirectories(outside.toRealPath().resolve("host"));
    host = new HostRoot(mount);
    Files.writeString(outside.resolve("secret"), "not the host's");
    Files.createDirectories(mount.resolve("etc/containerd"));
    Files.createDirectories(mount.resolve("var/lib/real/certs.d"));
    Files.writeString(mount.resolve("var/lib/real/config.toml"), "version = 2\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/etc/containerd, etc/containerd",
    "etc/containerd, etc/containerd",
    "//etc///containerd/, etc/containerd",
    "/etc/./containerd/../containerd, etc/containerd",
    "/etc/absent/file, etc/absent/file",
    "/, ''",
    "/../../.., ''",
    "/../../secret, secret",
    "/etc/../../../secret, secret"
  })
  void mapsAPathToWhereItIsMounted(String hostPath, String here) throws IOException {
    assertThat(host.resolve(hostPath)).isEqualTo(mount.resolve(here).normalize());
  }

  @Test
  void followsAnAbsoluteLinkWithinTheHost() throws IOException {
    link("etc/containerd/config.toml", "/var/lib/real/config.toml");

    Path here = host.resolve("/etc/containerd/config.toml");

    assertThat(here).isEqualTo(mount.resolve("var/lib/real/config.toml")).exists();
    assertThat(host.name(here)).isEqualTo("/var/lib/real/config.toml");
  }

  @Test
  void followsALinkInTheMiddleOfAPath() throws IOException {
    link("opt", "var/lib");

    assertThat(host.resolve("/opt/real/certs.d")).isEqualTo(mount.resolve("var/lib/real/certs.d"));
  }

  @Test
  void dotDotAfterALinkGoesUpFromWhereItLeads() throws IOException {
    link("etc/link", "/var/lib/real/certs.d");

    assertThat(host.resolve("/etc/link/../config.toml"))
        .isEqualTo(mount.resolve("var/lib/real/config.toml"));
  }

  @Test
  void noLinkLeadsOutOfTheHost() throws IOException {
    link("etc/up", "../../../../secret");
    link("etc/absolute", outside.resolve("secret").toString());
    link("etc/top", "/");

    assertThat(host.resolve("/etc/up")).isEqualTo(mount.resolve("secret")).doesNotExist();
    assertThat(host.resolve("/etc/absolute")).startsWithRaw(mount).doesNotExist();
    assertThat(host.resolve("/etc/top/../../secret")).isEqualTo(mount.resolve("secret"));
    Files.delete(mount.resolve("etc/top")); // what clears up after the test need not meet it
    assertThat(host.exists("/etc/up")).isFalse();
  }

  @Test
  void followsLinksToLinks() throws IOException {
    link("a", "b");
    link("b", "/c");
    link("c", "var/./lib/../lib/real");

    assertThat(host.resolve("/a/config.toml")).isEqualTo(mount.resolve("var/lib/real/config.toml"));
    assertThat(host.exists("/a/config.toml")).isTrue();
  }

  @Test
  void aLoopIsAnErrorAndNotAHang() throws IOException {
    link("a", "b");
    link("b", "/a");

    assertThatThrownBy(() -> host.resolve("/a/x")).isInstanceOf(FileSystemLoopException.class);
    assertThat(host.exists("/a/x")).isFalse();
  }

  @Test
  void whatIsNoNameOfAFileIsAnError() {
    assertThatThrownBy(() -> host.resolve("/etc/\0")).isInstanceOf(IOException.class);
    assertThat(host.exists("/etc/\0")).isFalse();
  }

  @Test
  void aDanglingLinkIsWhereItWouldLead() throws IOException {
    link("etc/gone", "/not/mounted");

    assertThat(host.resolve("/etc/gone/file")).isEqualTo(mount.resolve("not/mounted/file"));
    assertThat(host.exists("/etc/gone")).isFalse();
  }

  @Test
  void namesWhatIsHereAsTheHostDoes() {
    assertThat(host.name(mount.resolve("etc/containerd"))).isEqualTo("/etc/containerd");
    assertThat(host.name(mount)).isEqualTo("/");
    assertThatThrownBy(() -> host.name(outside.resolve("secret")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onTheHostItselfPathsAreTheirOwn() throws IOException {
    assertThat(HostRoot.HERE.isHere()).isTrue();
    assertThat(host.isHere()).isFalse();
    assertThat(HostRoot.HERE.resolve(mount.toString())).isEqualTo(mount);
    assertThat(HostRoot.HERE.name(mount)).isEqualTo(mount.toString());
    assertThat(HostRoot.HERE.resolve("/..")).isEqualTo(Path.of("/"));
  }

  private void link(String path, String target) throws IOException {
    Files.createSymbolicLink(mount.resolve(path), Path.of(target));
  }
}
