package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What we make of a configuration is what real releases make of it. What they do is in dumps.tsv,
 * which make-dumps beside it made.
 */
class DumpsTest {
  static Stream<Arguments> dumps() {
    return Cases.lines("dumps.tsv").stream()
        .map(line -> line.split("\t", -1))
        .map(columns -> Arguments.of(columns[0], columns[1], columns[2]));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("dumps")
  void mergesAsContainerdDoes(String release, String name, String dumped, @TempDir Path mount)
      throws IOException {
    HostRoot host = Cases.host(mount, name);
    ContainerdVersion containerd = ContainerdVersion.parse(release).orElseThrow();

    String ours =
        switch (new ConfigLoader(host)
            .load("/etc/containerd/config.toml", false, Finder.relativePatterns(containerd))) {
          case ConfigLoader.Loaded.BuiltIn() -> "config_path=";
          case ConfigLoader.Loaded.Stuck _ -> "refused";
          case ConfigLoader.Loaded.Complete(List<ConfigFile> files) ->
              switch (Merger.merge(files, containerd)) {
                case Merged.Refused _ -> "refused";
                case Merged.Settings settings -> reduced(settings, dumped);
              };
        };

    assertThat(ours).isEqualTo(expected(name, dumped, containerd));
  }

  /** The dump passes over a missing import, with which 2.x does not start. */
  private static String expected(String name, String dumped, ContainerdVersion containerd) {
    if (name.equals("import-missing")) {
      return "refused";
    }
    if (dumped.equals("refused") || dumped.equals("no-cri")) {
      return dumped;
    }
    List<String> facts = new ArrayList<>();
    boolean local = false;
    for (String fact : dumped.split(" ", -1)) {
      if (fact.startsWith("config_path=") || fact.equals("mirrors")) {
        facts.add(fact);
      }
      local |= !fact.startsWith("config_path=");
    }
    if (local && containerd.atLeast(2, 1)) {
      facts.add("local");
    }
    return String.join(" ", facts);
  }

  private static String reduced(Merged.Settings settings, String dumped) {
    if (settings.criOff().isPresent() && dumped.equals("no-cri")) {
      return "no-cri"; // 2.x dumps what is written for it nevertheless
    }
    return "config_path="
        + settings.configPath()
        + (settings.mirrors() ? " mirrors" : "")
        + (settings.localPull().isPresent() ? " local" : "");
  }
}
