package dev.tarn.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/agent.md says what the code does. */
class DocumentationTest {
  private static final String REGISTRIES = "registries = [\"docker.io\", \"ghcr.io\", \"quay.io\"]";

  @Test
  void everyKeyIsShownWithItsDefault() throws IOException {
    String page = Files.readString(Path.of("../docs/agent.md"));
    int start = page.indexOf("```toml\n") + "```toml\n".length();
    String shown = page.substring(start, page.indexOf("```", start));

    Configuration defaults =
        ConfigurationLoader.parse(
            "", Map.of("registries", List.of("docker.io", "ghcr.io", "quay.io")));

    assertThat(shown).contains(REGISTRIES);
    assertThat(shown).isEqualTo(ConfigurationPrinter.toToml(defaults));
  }
}
