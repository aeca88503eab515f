package dev.tarn.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.chart.ValuesTable.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * docs/chart.md has every value, as the schema and values.yaml have it. {@code -Dtarn.write=true}
 * writes the table anew.
 */
class ValuesTableTest {
  private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
  private static final Path DOCS = REPOSITORY.resolve("docs/chart.md");
  private static final String BEGIN = "<!-- values -->\n";
  private static final String END = "<!-- end of values -->\n";

  private List<Row> rows;

  @BeforeEach
  void read() throws Exception {
    Path chart = REPOSITORY.resolve("helm/tarn");
    rows =
        ValuesTable.rows(
            Files.readString(chart.resolve("values.schema.json")),
            Files.readString(chart.resolve("values.yaml")));
  }

  @Test
  void theDocumentationHasTheTable() throws Exception {
    String page = Files.readString(DOCS);
    String table = ValuesTable.markdown(rows);
    if (Boolean.getBoolean("tarn.write")) {
      page = page.replace(between(page), table);
      Files.writeString(DOCS, page);
    }

    assertThat(between(page))
        .as("docs/chart.md; mvn -pl e2e test -Dtest=ValuesTableTest -Dtarn.write=true writes it")
        .isEqualTo(table);
  }

  @Test
  void everyValueHasADefaultAndWords() {
    assertThat(rows).hasSizeGreaterThan(80);
    assertThat(rows)
        .filteredOn(
            row -> !row.path().startsWith("registries.<host>.") && !row.path().equals("global"))
        .allMatch(Row::isGiven);
    assertThat(rows).allMatch(row -> row.words().endsWith("."));
  }

  private static String between(String page) {
    return page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
  }
}
