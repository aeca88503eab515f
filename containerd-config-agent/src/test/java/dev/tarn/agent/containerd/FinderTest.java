package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.HostRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FinderTest {
  private static final List<String> LINES =
      List.of("1.6", "1.7", "2.0", "2.1", "2.2", "2.3", "2.4");

  @TempDir Path mount;

  static Stream<Arguments> prospects() {
    List<Arguments> rows = new ArrayList<>();
    for (String line : Cases.lines("prospects.txt")) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] cells = line.split("\\|", -1);
      List<String> releases = new ArrayList<>(List.of(cells[1].strip().split(" ", -1)));
      if (releases.remove("*")) {
        releases.addAll(0, LINES);
      }
      for (String release : releases) {
        rows.add(
            Arguments.of(
                cells[0].strip(), release, cells[2].strip(), cells[3].strip(), cells[4].strip()));
      }
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("prospects")
  void saysWhetherAnEntryTakesEffect(
      String name, String release, String prospect, String roots, String says) throws IOException {
    HostRoot host = Cases.host(mount, name);

    Findings findings =
        finder(host).find(release.equals("?") ? Hints.NONE : version(newest(release)));

    assertThat(kind(findings.prospect())).as("%s", findings).isEqualTo(prospect);
    assertThat(text(findings.prospect())).contains(says);
    if (!roots.equals("*")) {
      assertThat(String.join(":", findings.roots())).isEqualTo(roots);
    }
  }

  @Test
  void everyConfigurationHasAProspect() throws IOException {
    List<String> names = prospects().map(row -> (String) row.get()[0]).distinct().toList();
    try (Stream<Path> cases = Files.list(Cases.resource("cases"))) {
      assertThat(cases.map(path -> String.valueOf(path.getFileName())))
          .filteredOn(name -> !name.equals("import-chain"))
          .allSatisfy(name -> assertThat(names).contains(name));
    }
  }

  @Test
  void namesTheFilesInTheOrderInWhichTheyAreRead() throws IOException {
    HostRoot host = Cases.host(mount, "import-breadth-first");

    Findings findings = finder(host).find(Hints.NONE);

    assertThat(findings.files())
        .containsExactly(
            "/etc/containerd/config.toml",
            "/etc/containerd/a.toml",
            "/etc/containerd/b.toml",
            "/etc/containerd/c.toml");
  }

  @Test
  void aDropInThatNothingImportsIsRemarkedUpon() throws IOException {
    HostRoot host = Cases.host(mount, "drop-in-not-imported");

    Findings findings = finder(host).find(Hints.NONE);

    assertThat(findings.files()).containsExactly("/etc/containerd/config.toml");
    assertThat(findings.remarks())
        .anyMatch(remark -> remark.contains("nothing imports /etc/containerd/conf.d/tarn.toml"));
  }

  @Test
  void theVersionIsAskedForOnlyWhereTheAnswerDependsOnIt() throws IOException {
    List<List<String>> asked = new ArrayList<>();
    Finder one =
        new Finder(
            Cases.host(mount.resolve("one"), "v2-one-root"),
            binaries -> {
              asked.add(binaries);
              return Optional.empty();
            });

    assertThat(one.find(Hints.NONE).version()).isEmpty();
    assertThat(asked).isEmpty();

    Finder two =
        new Finder(
            Cases.host(mount.resolve("two"), "v2-two-roots"),
            binaries -> {
              asked.add(binaries);
              return Optional.of(new ContainerdVersion(1, 7, 27));
            });

    assertThat(two.find(Hints.NONE))
        .satisfies(
            findings -> {
              assertThat(findings.prospect()).isEqualTo(new Prospect.Effective());
              assertThat(findings.version()).contains("1.7.27");
            });
    assertThat(asked).hasSize(1).allMatch(binaries -> binaries.contains("/usr/bin/containerd"));
  }

  @Test
  void theUserAgentTellsTheVersion() throws IOException {
    HostRoot host = Cases.host(mount, "v2-two-roots");

    assertThat(finder(host).find(Hints.NONE.withUserAgent("containerd/v2.1.5-k3s1")))
        .satisfies(
            findings -> {
              assertThat(findings.version()).contains("2.1.5");
              assertThat(kind(findings.prospect())).isEqualTo("ineffective");
            });
    assertThat(kind(finder(host).find(Hints.NONE.withUserAgent("skopeo/1.9.3")).prospect()))
        .isEqualTo("unknown");
  }

  @Test
  void theFixNamesTheTableOfTheFilesVersion() throws IOException {
    assertThat(fix("v2-no-registry"))
        .isEqualTo(
            "in /etc/containerd/config.toml set config_path = \"/etc/containerd/certs.d\" under"
                + " [plugins.\"io.containerd.grpc.v1.cri\".registry], and restart containerd");
    assertThat(fix("v3-no-registry"))
        .contains("[plugins.\"io.containerd.cri.v1.images\".registry]");
    assertThat(fix("none"))
        .startsWith("write /etc/containerd/config.toml with version = 2 and config_path");
    assertThat(fix("v1-docker-package")).contains("take it out of disabled_plugins");
    assertThat(fix("empty")).startsWith("bring /etc/containerd/config.toml to version 2");
  }

  @Test
  void severalRootsThatWorkAreRemarkedUponWithWhatTheyHangOn() throws IOException {
    HostRoot host = Cases.host(mount, "eks-2023-containerd-2");
    Files.createDirectories(mount.resolve("etc/docker/certs.d/registry.example.com"));

    Findings findings = finder(host).find(version("2.1.4"));

    assertThat(findings.remarks())
        .anyMatch(remark -> remark.contains("only because of discard_unpacked_layers = true"))
        .anyMatch(remark -> remark.contains("/etc/docker/certs.d/registry.example.com"));
  }

  @Test
  void whatIsNotMountedHereIsNotTakenForAbsent() throws IOException {
    Files.createDirectories(mount.resolve("etc"));

    assertThat(finder(new HostRoot(mount)).find(Hints.NONE).prospect())
        .isInstanceOfSatisfying(
            Prospect.Unknown.class,
            unknown -> assertThat(unknown.why()).contains("/etc/containerd is not mounted here"));
  }

  @Test
  void anImportedDirectoryThatIsNotMountedHereMakesTheAnswerUnknown() throws IOException {
    Path directory = Files.createDirectories(mount.resolve("etc/containerd"));
    Files.writeString(
        directory.resolve("config.toml"),
        """
        version = 2
        imports = ["/opt/vendor/*.toml", "/etc/containerd/conf.d/*.toml"]
        """);

    assertThat(finder(new HostRoot(mount)).find(Hints.NONE).prospect())
        .isInstanceOfSatisfying(
            Prospect.Unknown.class,
            unknown -> assertThat(unknown.why()).contains("/opt/vendor/*.toml is imported"));
  }

  @Test
  void aLinkToWhatIsNotMountedHereIsSaidToBeOne() throws IOException {
    Path directory = Files.createDirectories(mount.resolve("etc/containerd"));
    Files.createSymbolicLink(directory.resolve("config.toml"), Path.of("/opt/containerd.toml"));

    assertThat(text(finder(new HostRoot(mount)).find(Hints.NONE).prospect()))
        .contains("it leads to /opt/containerd.toml, which is not there");
  }

  @Test
  void aConfigurationThatWasNamedMustBeThere() throws IOException {
    HostRoot host = Cases.host(mount, "none");
    Hints named =
        new Hints(
            Optional.of("/etc/containerd/other.toml"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    assertThat(text(finder(host).find(named).prospect()))
        .contains("/etc/containerd/other.toml is not there");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "imports = [\"\\u0000\", \"/\\u0000*\"]",
        "imports = [\"\", \"*\", \"/\", \"/*\", \"..\", \"[*\"]",
        "imports = 1",
        "imports = [1]",
        "disabled_plugins = [[]]",
        "version = \"2\"",
        "version = -1",
        "version = 99999999999",
        "plugins = 1",
        "plugins.cri = 1",
        "plugins.cri.registry = 1",
        "plugins.cri.registry.config_path = 1",
        "plugins.cri.registry.configs.x = 1",
        "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".containerd = 1",
        "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \":::\"",
        "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \"/\\u0000:/a\"",
        "version = 3\nplugins.\"io.containerd.cri.v1.images\".max_concurrent_downloads = true",
        "\u0000",
        "\ufeffversion = 2"
      })
  void neverThrowsForWhatStandsOnTheDisk(String text) throws IOException {
    Path directory = Files.createDirectories(mount.resolve("etc/containerd"));
    Files.writeString(directory.resolve("config.toml"), text);
    HostRoot host = new HostRoot(mount);

    assertThat(finder(host).find(Hints.NONE).prospect()).isNotNull();
    for (String line : LINES) {
      assertThat(finder(host).find(version(line)).prospect()).isNotNull();
    }
  }

  @Test
  void aFileThatIsNoTextOrADirectoryIsNotReadable() throws IOException {
    Path config = mount.resolve("etc/containerd/config.toml");
    Files.createDirectories(config);

    assertThat(kind(finder(new HostRoot(mount)).find(Hints.NONE).prospect())).isEqualTo("unknown");

    Files.delete(config);
    Files.write(config, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThat(text(finder(new HostRoot(mount)).find(Hints.NONE).prospect()))
        .contains("it is not UTF-8");
  }

  @Test
  void theSocketIsTheOneInTheConfigurationElseTheDistributions() throws IOException {
    HostRoot host = new HostRoot(mount);
    Path file = mount.resolve("etc/containerd/config.toml");
    Files.createDirectories(file.getParent());
    Files.createDirectories(mount.resolve("var/lib/rancher/k3s/agent/etc/containerd"));
    assertThat(finder(host).find(Hints.NONE).socket()).isEqualTo("/run/containerd/containerd.sock");

    Files.writeString(file, "version = 2\n[grpc]\n  address = \"/run/second.sock\"\n");
    assertThat(finder(host).find(Hints.NONE).socket()).isEqualTo("/run/second.sock");
    Files.writeString(
        file,
        """
        version = 4
        [plugins."io.containerd.server.v1.grpc"]
          address = "/run/fourth.sock"
        """);
    assertThat(finder(host).find(Hints.NONE).socket()).isEqualTo("/run/fourth.sock");
    Files.writeString(file, "version = 2\n[grpc]\n  address = \"\"\n");
    assertThat(finder(host).find(Hints.NONE).socket()).isEqualTo("/run/containerd/containerd.sock");

    Files.writeString(
        mount.resolve("var/lib/rancher/k3s/agent/etc/containerd/config.toml"), "version = 2\n");
    assertThat(finder(host).find(Hints.NONE).socket())
        .isEqualTo("/run/k3s/containerd/containerd.sock");
  }

  @Test
  void aRootThatNoDirectoryCanBeIsNotLookedAt() throws IOException {
    Path file = mount.resolve("etc/containerd/config.toml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/containerd/\\u0000certs.d"
        """);

    Findings findings = finder(new HostRoot(mount)).find(Hints.NONE);

    assertThat(findings.roots()).isEmpty();
    assertThat(findings.prospect())
        .isInstanceOfSatisfying(
            Prospect.Unknown.class,
            unknown -> assertThat(unknown.why()).contains("cannot be looked at"));
  }

  private String fix(String name) throws IOException {
    Prospect prospect = finder(Cases.host(mount.resolve(name), name)).find(Hints.NONE).prospect();
    return ((Prospect.Ineffective) prospect).fix();
  }

  private static Finder finder(HostRoot host) {
    return new Finder(host, binaries -> Optional.empty());
  }

  static Hints version(String version) {
    return new Hints(
        Optional.empty(), Optional.empty(), ContainerdVersion.parse(version), Optional.empty());
  }

  /** Of a release line its newest. */
  private static String newest(String release) {
    return release.chars().filter(c -> c == '.').count() == 1 ? release + ".99" : release;
  }

  static String kind(Prospect prospect) {
    return switch (prospect) {
      case Prospect.Effective() -> "effective";
      case Prospect.Ineffective _ -> "ineffective";
      case Prospect.Unknown _ -> "unknown";
    };
  }

  static String text(Prospect prospect) {
    return switch (prospect) {
      case Prospect.Effective() -> "";
      case Prospect.Ineffective(String why, String _) -> why;
      case Prospect.Unknown(String why, String _) -> why;
    };
  }
}
