package dev.tarn.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.documentation.Block;
import dev.tarn.documentation.Documentation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/agent.md says what the code does. */
class DocumentationTest {
  private static final String REGISTRIES = "registries = [\"docker.io\", \"ghcr.io\", \"quay.io\"]";

  @Test
  void everyKeyIsShownWithItsDefault() throws IOException {
    List<Block> shown = Documentation.ofRepository().blocks("toml agent");

    Configuration defaults =
        ConfigurationLoader.parse(
            "", Map.of("registries", List.of("docker.io", "ghcr.io", "quay.io")));

    assertThat(shown).extracting(Block::page).containsExactly("docs/agent.md");
    assertThat(shown.getFirst().text())
        .contains(REGISTRIES)
        .isEqualTo(ConfigurationPrinter.toToml(defaults));
  }
}
