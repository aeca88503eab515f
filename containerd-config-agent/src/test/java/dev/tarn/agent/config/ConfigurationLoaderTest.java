package dev.tarn.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.taint.Taint;
import dev.tarn.core.name.RegistryHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationLoaderTest {

  @Test
  void everyKeyHasADefault() {
    Configuration configuration = parse("");

    assertThat(configuration)
        .isEqualTo(
            new Configuration(
                new LoopbackAddress("127.0.0.1", 5050),
                Path.of("/run/tarn"),
                Optional.empty(),
                "",
                new Configuration.Containerd(
                    Optional.empty(), Optional.empty(), List.of(), Optional.empty()),
                new Configuration.Follow(
                    Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMinutes(1)),
                Optional.of(new LoopbackAddress("127.0.0.1", 5053)),
                new Configuration.Taint(
                    false, "tarn.dev/starting:NoSchedule", Optional.empty(), Duration.ofMinutes(2)),
                new Configuration.Canary(false, Optional.empty(), Duration.ofHours(1)),
                new Configuration.Logging(LogLevel.INFO, LogFormat.TEXT)));
  }

  @Test
  void everyKeyIsRead() {
    Configuration configuration =
        parse(
            """
            mirror = "http://[::1]:5060/"
            directory = "/shared/./tarn"
            registries = ["registry-1.docker.io", "Harbor.Example:8443", "_default"]
            host = "/host"
            graceTime = "500ms"
            pollInterval = "1s"
            driftLimit = "2m"
            listen = ""

            [containerd]
            distribution = "k3s"
            config = "/etc/containerd/config.toml"
            roots = ["/etc/containerd/certs.d", "/etc/docker/certs.d"]
            version = "v2.1.4"

            [taint]
            enabled = true
            taint = "example.com/new:NoExecute"
            node = "node-7.example.com"
            limit = "90s"
            [canary]
            enabled = true
            socket = "/run/k3s/containerd/containerd.sock"
            interval = "30m"

            [logging]
            level = "debug"
            format = "json"
            """);

    assertThat(configuration)
        .isEqualTo(
            new Configuration(
                new LoopbackAddress("::1", 5060),
                Path.of("/shared/tarn"),
                Optional.of(
                    List.of(
                        new Target.OfRegistry(RegistryHost.DOCKER_HUB),
                        new Target.OfRegistry(new RegistryHost("harbor.example:8443")),
                        new Target.OfAllOthers())),
                "/host",
                new Configuration.Containerd(
                    Optional.of("k3s"),
                    Optional.of("/etc/containerd/config.toml"),
                    List.of("/etc/containerd/certs.d", "/etc/docker/certs.d"),
                    Optional.of("2.1.4")),
                new Configuration.Follow(
                    Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMinutes(2)),
                Optional.empty(),
                new Configuration.Taint(
                    true,
                    "example.com/new:NoExecute",
                    Optional.of("node-7.example.com"),
                    Duration.ofSeconds(90)),
                new Configuration.Canary(
                    true,
                    Optional.of("/run/k3s/containerd/containerd.sock"),
                    Duration.ofMinutes(30)),
                new Configuration.Logging(LogLevel.DEBUG, LogFormat.JSON)));
    assertThat(configuration.mirrorUrl()).isEqualTo("http://[::1]:5060");
  }

  @Test
  void whatIsPrintedLoadsToTheSame() {
    Configuration configuration =
        parse(
            """
            registries = ["quay.io", "_default"]
            host = "/ho\\"st"
            driftLimit = "90s"
            [taint]
            node = "n1"
            limit = "0s"
            [canary]
            socket = "/s"
            """);

    assertThat(parse(ConfigurationPrinter.toToml(configuration))).isEqualTo(configuration);
    assertThat(parse(ConfigurationPrinter.toToml(parse("")))).isEqualTo(parse(""));
  }

  @Test
  void optionsGoBeforeTheFile() {
    Configuration configuration =
        ConfigurationLoader.parse(
            "registries = [\"quay.io\"]\n[containerd]\nroots = [\"/a\"]",
            Map.of("containerd.roots", List.of("/b", "/c"), "graceTime", List.of("3s")));

    assertThat(configuration.containerd().roots()).containsExactly("/b", "/c");
    assertThat(configuration.follow().graceTime()).isEqualTo(Duration.ofSeconds(3));
    assertThat(configuration.registries()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      registrys = []                       | registrys (line 1, column 1): unknown key; did you mean registries?
      [containerd]\\nrots = []             | containerd.rots (line 2, column 1): unknown key; did you mean roots?
      frobnicate = 1                       | frobnicate (line 1, column 1): unknown key; known here: mirror, directory
      mirror = "http://10.0.0.1:5050"      | mirror (line 1, column 1): expected a URL of the loopback interface
      mirror = "http://127.0.0.1"          | mirror (line 1, column 1): expected a URL of the loopback interface
      mirror = "http://127.0.0.1:0"        | mirror (line 1, column 1): expected a URL of the loopback interface
      mirror = "http://127.0.0.1:5050/x"   | mirror (line 1, column 1): expected a URL of the loopback interface
      mirror = "https://127.0.0.1:5050"    | mirror (line 1, column 1): expected a URL of the loopback interface
      mirror = "http://localhost:5050"     | mirror (line 1, column 1): expected a URL of the loopback interface
      listen = "0.0.0.0:5053"              | listen (line 1, column 1): expected a loopback address and a port
      listen = "127.0.0.1:5050"            | listen (line 1, column 1): the mirror listens there
      graceTime = 10                       | graceTime (line 1, column 1): expected a duration such as "500ms", "10s" or "2m", found 10
      graceTime = "ten"                    | graceTime (line 1, column 1): expected a duration such as "500ms", "10s" or "2m", found "ten"
      graceTime = "2d"                     | graceTime (line 1, column 1): expected between 0s and 1h, found 48h
      pollInterval = "1ms"                 | pollInterval (line 1, column 1): expected between 100ms and 30s, found 1ms
      registries = "docker.io"             | registries (line 1, column 1): expected a list, found "docker.io"
      registries = ["a", "b/c"]            | registries[1] (line 1, column 1): expected a registry such as "docker.io", or "_default" for all others, found "b/c"
      registries = ["docker.io", "index.docker.io"] | registries (line 1, column 1): a registry is named twice
      containerd = 1                       | containerd (line 1, column 1): expected a table, found 1
      host = "host"                        | host (line 1, column 1): expected an absolute path such as "/host", or nothing, found "host"
      logging.level = "loud"               | logging.level (line 1, column 1): expected one of trace, debug, info, warn, error, found "loud"
      taint.enabled = "maybe"              | taint.enabled (line 1, column 1): expected true or false, found "maybe"
      [taint]\\ntant = "a:NoSchedule"       | taint.tant (line 2, column 1): unknown key; did you mean taint?
      taint.taint = "a:Never"              | taint.taint (line 1, column 1): expected a taint such as "tarn.dev/starting:NoSchedule", found "a:Never"
      taint.node = "Node One"              | taint.node (line 1, column 1): expected the name of a node, or nothing, found "Node One"
      taint.limit = "2h"                   | taint.limit (line 1, column 1): expected between 0s and 1h, found 2h
      [canary]\\nsoket = "/s"              | canary.soket (line 2, column 1): unknown key; did you mean socket?
      canary.socket = "s"                  | canary.socket (line 1, column 1): expected an absolute path of the host, or nothing, found "s"
      canary.interval = "1s"               | canary.interval (line 1, column 1): expected between 1m and 168h, found 1s
      a =                                  | (line 1, column
      """)
  void whatIsWrongIsNamedWithItsPlace(String toml, String problem) {
    InvalidConfigurationException refusal =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> parse(toml.replace("\\n", "\n")));

    assertThat(refusal).isNotNull();
    assertThat(refusal.problems()).hasSize(1);
    assertThat(refusal.problems().getFirst().toString()).startsWith(problem);
  }

  /** One class checks what another one uses, so that the other one need not be loaded. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tarn.dev/starting:NoSchedule",
        "a:NoExecute",
        "a.b-c/D_e.f:PreferNoSchedule",
        "A_b:NoExecute",
        "",
        ":NoSchedule",
        "a",
        "a:",
        "a:noschedule",
        "a/b/c:NoSchedule",
        "/a:NoSchedule",
        "a/:NoSchedule",
        "A/b:NoSchedule",
        "a_/b:NoSchedule",
        "-a:NoSchedule",
        "a-:NoSchedule",
        "a b:NoSchedule",
        "a=b:NoSchedule",
        "é:NoSchedule",
        "a:b:NoSchedule",
        "a\nb:NoSchedule"
      })
  void aTaintIsWhatThePartThatRemovesItTakesForOne(String text) {
    assertThat(Syntax.TAINT.parser().apply(text).isPresent())
        .isEqualTo(Taint.parse(text).isPresent());
  }

  @Test
  void everythingThatIsWrongIsToldAtOnce() {
    InvalidConfigurationException refusal =
        catchThrowableOfType(
            InvalidConfigurationException.class, () -> parse("x = 1\ny = 2\nhost = 3"));

    assertThat(refusal.problems()).hasSize(3);
  }

  @Test
  void aFileThatCannotBeReadIsNamed(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("none.toml");
    Path binary = Files.write(directory.resolve("binary.toml"), new byte[] {(byte) 0xff});

    for (Path file : List.of(missing, binary)) {
      InvalidConfigurationException refusal =
          catchThrowableOfType(
              InvalidConfigurationException.class,
              () -> ConfigurationLoader.load(Optional.of(file), Map.of()));
      assertThat(refusal).hasMessageContaining(file.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "5s,PT5S", "10 m,PT10M", "2h,PT2H", "7d,P7D", "0s,PT0S"})
  void durationsAreWrittenAsTheServerWritesThem(String text, Duration duration) {
    assertThat(Durations.parse(text)).contains(duration);
  }

  @ParameterizedTest
  @CsvSource({"5", "s", "-1s", "1.5s", "1h0m", "9999999999s", "5S", "' 5s'"})
  void whatIsNoDurationIsRefused(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  private static Configuration parse(String toml) {
    return ConfigurationLoader.parse(toml, Map.of());
  }
}
