package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportsTest {
  @TempDir private Path mount;

  @BeforeEach
  void makeFiles() throws IOException {
    Path directory = Files.createDirectories(mount.resolve("etc/containerd/conf.d"));
    for (String name : List.of("b.toml", "a.toml", "a.bak", "B.toml")) {
      Files.createFile(directory.resolve(name));
    }
  }

  @Test
  void aPatternIsItsFilesInTheOrderOfTheirBytes() throws IOException {
    assertThat(imports("conf.d/*.toml", "/x/../y.toml").all())
        .containsExactly(
            "/etc/containerd/conf.d/B.toml",
            "/etc/containerd/conf.d/a.toml",
            "/etc/containerd/conf.d/b.toml",
            "/y.toml");
  }

  @Test
  void aNewFileHasItsPlaceAmongThem() throws IOException {
    Imports imports = imports("/etc/containerd/conf.d/*.toml");

    assertThat(imports.placeFor("az.toml")).contains("/etc/containerd/conf.d/az.toml");
    assertThat(imports.with("/etc/containerd/conf.d/az.toml", "/t"))
        .containsExactly(
            "/etc/containerd/conf.d/B.toml",
            "/etc/containerd/conf.d/a.toml",
            "/t",
            "/etc/containerd/conf.d/b.toml");
  }

  @Test
  void aFileThatIsThereIsReplaced() throws IOException {
    assertThat(imports("conf.d/b*.toml", "/y.toml").with("/etc/containerd/conf.d/b.toml", "/t"))
        .containsExactly("/t", "/y.toml");
    assertThat(imports("/y.toml").with("/y.toml", "/t")).containsExactly("/t");
  }

  @Test
  void aDirectoryThatIsNotThereHasAPlaceToo() throws IOException {
    Imports imports = imports("/etc/other.d/*.toml");

    assertThat(imports.all()).isEmpty();
    assertThat(imports.placeFor("z.toml")).contains("/etc/other.d/z.toml");
    assertThat(imports.with("/etc/other.d/z.toml", "/t")).containsExactly("/t");
  }

  @Test
  void whatIsNoSimplePatternHasNoPlace() throws IOException {
    assertThat(imports("/etc/*/x.toml", "/etc/[ab]*.toml", "/etc/x.toml").placeFor("x.toml"))
        .isEmpty();
    assertThat(imports("/etc/*/x.toml").all()).containsExactly("/etc/*/x.toml");
  }

  private Imports imports(String... imports) {
    return new Imports(
        new HostFiles(new HostRoot(mount)), "/etc/containerd/config.toml", List.of(imports));
  }
}
