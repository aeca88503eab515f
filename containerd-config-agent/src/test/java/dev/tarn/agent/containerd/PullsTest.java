package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What we say of a configuration is what a pull of a real release shows. What they showed is in
 * pulls.tsv, which make-pulls beside it made, with an entry in /etc/containerd/certs.d.
 */
class PullsTest {
  private static final String ROOT = "/etc/containerd/certs.d";

  static Stream<Arguments> pulls() {
    return Cases.lines("pulls.tsv").stream()
        .map(line -> line.split("\t", -1))
        .map(columns -> Arguments.of(columns[0], columns[1], columns[2]));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("pulls")
  void effectiveIsWhatComesToTheMirror(
      String release, String name, String shown, @TempDir Path mount) throws IOException {
    Finder finder = new Finder(Cases.host(mount, name), binaries -> Optional.empty());

    Findings findings = finder.find(FinderTest.version(release));
    assertThat(comes(findings)).as("%s", findings).isEqualTo(shown.equals("came"));
  }

  private static boolean comes(Findings findings) {
    return findings.prospect() instanceof Prospect.Effective && findings.roots().contains(ROOT);
  }
}
