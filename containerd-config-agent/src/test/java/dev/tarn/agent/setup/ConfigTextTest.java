package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tomlj.Toml;

class ConfigTextTest {
  private static final String ROOT = "/etc/containerd/certs.d";

  @Test
  void anEmptyValueIsReplacedInItsLineAndNothingElse() {
    String text =
        """
        # by hand
        version = 2

        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "pause:3"  # ours

          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = ""   # later
            # nothing here
            [plugins."io.containerd.grpc.v1.cri".registry.headers]
        """;

    assertThat(with(text)).isEqualTo(text.replace("= \"\"", "= \"" + ROOT + "\""));
  }

  @Test
  void aKeyIsAddedToATableThatIsThere() {
    String text =
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
        # mirrors were here
        [plugins."io.containerd.grpc.v1.cri".cni]
          bin_dir = "/opt/cni/bin"
        """;

    assertThat(with(text).lines())
        .hasSize(6)
        .containsAll(text.lines().toList())
        .anySatisfy(line -> assertThat(line.strip()).isEqualTo("config_path = \"" + ROOT + "\""));
  }

  @Test
  void aTableIsAppendedWhereThereIsNone() {
    String text = "version = 2\nroot = \"/x\" # no line break behind";

    assertThat(with(text))
        .isEqualTo(
            text
                + """


                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/etc/containerd/certs.d"
                """);
  }

  @Test
  void aTableThatOnlyOthersAreBelowIsAppendedToo() {
    String text =
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry.headers]
          X = ["y"]
        """;

    assertThat(with(text)).startsWith(text).contains("config_path");
  }

  @Test
  void aValueInAnInlineTableIsReplacedThere() {
    String text =
        """
        version = 2
        [plugins."io.containerd.grpc.v1.cri"]
          registry = { config_path = "", headers = { } }
        """;

    assertThat(with(text)).isEqualTo(text.replace("\"\",", "\"" + ROOT + "\","));
  }

  @ParameterizedTest
  @CsvSource({
    "'', plugins.cri.registry",
    "version = 1, plugins.cri.registry",
    "version = 2, plugins.\"io.containerd.grpc.v1.cri\".registry",
    "version = 3, plugins.\"io.containerd.cri.v1.images\".registry",
    "version = 4, plugins.\"io.containerd.cri.v1.images\".registry"
  })
  void eachVersionHasItsTable(String version, String table) {
    assertThat(with(version + "\n")).contains("[" + table + "]\n  config_path = \"" + ROOT);
  }

  @Test
  void whatCannotBeAddedToIsRefused() {
    assertThat(ConfigText.parse("plugins = 3\n").orElseThrow().withConfigPath(ROOT)).isEmpty();
  }

  @Test
  void whatIsNotTomlOrHasNoVersionThatIsANumberIsRefused() {
    assertThat(ConfigText.parse("version = \n")).isEmpty();
    assertThat(ConfigText.parse("version = \"2\"\n")).isEmpty();
    assertThat(ConfigText.parse("version = -1\n")).isEmpty();
  }

  @Test
  void aRootIsWrittenSoThatItIsReadAsItWas() {
    String strange = "/a \"b\"\\c";

    String text = ConfigText.parse("").orElseThrow().withConfigPath(strange).orElseThrow();

    assertThat(Toml.parse(text).getString(List.of("plugins", "cri", "registry", "config_path")))
        .isEqualTo(strange);
  }

  @Test
  void importsAreReadAndReplaced() {
    ConfigText text =
        ConfigText.parse("imports = [\n  'a/*.toml', # one\n  \"/b\"\n]\n").orElseThrow();

    assertThat(text.imports()).containsExactly("a/*.toml", "/b");
    assertThat(ConfigText.parse(text.withImports(List.of("/c"))).orElseThrow().imports())
        .containsExactly("/c");
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void aFileOfItsOwnHasTheVersionAndTheTable(int version) {
    ConfigText alone = ConfigText.parse(ConfigText.alone(version, ROOT)).orElseThrow();

    assertThat(alone.version()).isEqualTo(version);
    assertThat(alone.hasConfigPath()).isTrue();
  }

  private static String with(String text) {
    return ConfigText.parse(text).orElseThrow().withConfigPath(ROOT).orElseThrow();
  }
}
