package dev.tarn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Whatever the configuration file holds: it is refused in words, or printed it loads the same. */
class ConfigurationFuzz {

  @FuzzTest
  void configuration(byte[] input) {
    Configuration configuration;
    try {
      configuration =
          ConfigurationLoader.parse(new String(input, StandardCharsets.UTF_8), Map.of());
    } catch (InvalidConfigurationException e) {
      assertThat(e.problems()).isNotEmpty();
      assertThat(e.problems()).allSatisfy(problem -> assertThat(problem.message()).isNotBlank());
      return;
    }
    String printed = ConfigurationPrinter.toYaml(configuration);
    assertThat(ConfigurationLoader.parse(printed, Map.of())).isEqualTo(configuration);
  }
}
