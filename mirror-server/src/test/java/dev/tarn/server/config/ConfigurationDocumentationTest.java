package dev.tarn.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tarn.documentation.Block;
import dev.tarn.documentation.Documentation;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds README.md and docs/ against the code: every YAML block loads, every key is in the table.
 */
class ConfigurationDocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern ROW =
      Pattern.compile("\\| `([^`]+)` \\| (?:`([^`]+)` )?\\| (?:`([A-Z_]+)` )?\\| [^|]+ \\|");

  private record Row(String defaultValue, String variable) {}

  @Test
  void everyYamlBlockIsAValidConfiguration() throws IOException {
    List<Block> blocks = Documentation.ofRepository().blocks("yaml");
    for (Block block : blocks) {
      assertThatCode(() -> ConfigurationLoader.parse(block.text(), Map.of()))
          .as("%s:%n%s", block.where(), block.text())
          .doesNotThrowAnyException();
    }
    assertThat(blocks).hasSizeGreaterThan(8);
  }

  @Test
  void theReferenceShowsTheDefaults() throws IOException {
    String shown =
        Documentation.ofRepository().blocks("yaml").stream()
            .filter(block -> block.page().equals("docs/configuration.md"))
            .findFirst()
            .orElseThrow()
            .text();
    assertThat(ConfigurationLoader.parse(shown, Map.of())).isEqualTo(Configuration.defaults());
    assertThat(paths(Yaml.parse(shown)))
        .containsAll(
            paths(Yaml.parse(ConfigurationPrinter.toYaml(Configuration.defaults()))).stream()
                .filter(path -> !path.startsWith("registries"))
                .toList());
  }

  @Test
  void everyKeyIsInTheTableAndEveryRowIsAKey() throws IOException {
    String everyKey = ConfigurationPrinter.toYaml(ConfigurationMappingTest.everyKey());
    assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(paths(Yaml.parse(everyKey)));
  }

  @Test
  void everyRecordComponentIsAKey() throws IOException {
    String everyKey = ConfigurationPrinter.toYaml(ConfigurationMappingTest.everyKey());
    TreeSet<String> components = new TreeSet<>();
    for (RecordComponent section : Configuration.class.getRecordComponents()) {
      if (section.getType().isRecord()) {
        components(section.getName(), section.getType(), components);
      }
    }
    components.removeAll(Set.of("peers.limits", "peers.tls"));
    components("peers", PeersConfiguration.Limits.class, components);
    components("peers.tls", PeersConfiguration.Tls.class, components);
    components("registries.<host>", RegistryConfiguration.class, components);
    components("registries.<host>.upstreams[]", UpstreamConfiguration.class, components);
    components("registries.<host>.repositories[]", RepositoryRule.class, components);
    components.remove("registries.<host>.credentials");
    components("registries.<host>.credentials", CredentialsConfiguration.class, components);
    components.add("registries.<host>");

    assertThat(paths(Yaml.parse(everyKey))).containsExactlyInAnyOrderElementsOf(components);
  }

  @Test
  void everyDefaultInTheTableIsTheDefault() throws IOException {
    rows()
        .forEach(
            (key, row) -> {
              if (key.startsWith("registries")) {
                assertThat(row.variable()).as(key).isEmpty();
                return;
              }
              assertThat(row.variable()).isEqualTo(Environment.variableFor(key));
              String value = row.defaultValue().replace("[]", "");
              if (key.equals("store.maxSize") || key.startsWith("peers.tls.")) {
                assertThat(value).isEmpty();
              } else {
                assertThat(ConfigurationLoader.withoutFile(Map.of(row.variable(), value)))
                    .as(key)
                    .isEqualTo(Configuration.defaults());
              }
            });
  }

  private static void components(String path, Class<?> type, Set<String> components) {
    for (RecordComponent component : type.getRecordComponents()) {
      components.add(path + "." + component.getName());
    }
  }

  private static Map<String, Row> rows() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/configuration.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Row parsed =
            new Row(
                row.group(2) == null ? "" : row.group(2), row.group(3) == null ? "" : row.group(3));
        assertThat(rows.put(row.group(1), parsed)).as(line).isNull();
      } else {
        assertThat(line).as("a row that cannot be read").doesNotStartWith("| `");
      }
    }
    return rows;
  }

  /** The paths of all keys, as the table writes them; sections that only hold others left out. */
  private static Set<String> paths(Yaml.Node document) {
    TreeSet<String> paths = new TreeSet<>();
    collect(document, "", paths);
    return paths;
  }

  private static void collect(Yaml.Node node, String path, Set<String> paths) {
    switch (node) {
      case Yaml.Mapping(Map<String, Yaml.Node> entries, int _) -> {
        if (path.equals("registries.<host>")) {
          paths.add(path);
        }
        entries.forEach(
            (key, child) -> {
              String name = path.equals("registries") ? "<host>" : key;
              collect(child, path.isEmpty() ? name : path + "." + name, paths);
            });
      }
      case Yaml.Sequence(List<Yaml.Node> items, int _) -> {
        paths.add(path);
        items.stream()
            .filter(item -> item instanceof Yaml.Mapping)
            .forEach(item -> collect(item, path + "[]", paths));
      }
      case Yaml.Scalar _ -> paths.add(path);
      case Yaml.Empty _ -> paths.add(path);
    }
  }
}
