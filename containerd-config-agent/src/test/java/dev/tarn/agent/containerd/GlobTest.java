package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @TempDir Path mount;

  @ParameterizedTest
  @CsvSource({
    "*.toml, a.toml, true",
    "*.toml, .toml, true",
    "*.toml, .hidden.toml, true",
    "*.toml, a.toml.bak, false",
    "*, '', true",
    "a*b*c, aXbYc, true",
    "a*b*c, abcd, false",
    "?.toml, a.toml, true",
    "?.toml, ab.toml, false",
    "[0-9]*.toml, 10-x.toml, true",
    "[0-9]*.toml, x.toml, false",
    "[^0-9]*.toml, x.toml, true",
    "\\*.toml, *.toml, true",
    "\\*.toml, a.toml, false",
    "'{a,b}.toml', a.toml, false",
    "[a, a, false"
  })
  void matchesAsGoDoes(String pattern, String name, boolean matches) {
    assertThat(Glob.matches(pattern, name)).isEqualTo(matches);
  }

  @Test
  void expandsInOrderOfNames() throws IOException {
    for (String file : new String[] {"x/9.toml", "x/10.toml", "y/a.toml", "y/b.txt", "x/B.toml"}) {
      Path path = mount.resolve("etc").resolve(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.writeString(path, "");
    }
    HostRoot host = new HostRoot(mount);

    assertThat(Glob.expand(host, "/etc/*/*.toml"))
        .containsExactly("/etc/x/10.toml", "/etc/x/9.toml", "/etc/x/B.toml", "/etc/y/a.toml");
    assertThat(Glob.expand(host, "/etc/*/a.toml")).containsExactly("/etc/y/a.toml");
    assertThat(Glob.expand(host, "/none/*.toml")).isEmpty();
  }
}
