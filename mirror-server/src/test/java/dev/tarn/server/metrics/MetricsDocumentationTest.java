package dev.tarn.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.membership.MemberState;
import dev.tarn.server.mirror.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the tables of docs/metrics.md against a scrape, in both directions. */
class MetricsDocumentationTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z0-9_]+)` \\| (\\w+) \\| ([^|]*)\\| [^|]+ \\|");
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern PART = Pattern.compile("_(?:bucket|count|sum)$");

  /** What the JVM's own meters are labelled with differs by collector and platform. */
  private static final List<String> BY_PLATFORM = List.of("jvm_", "process_", "system_");

  private static final List<String> ONCE_THERE_WAS_A_COLLECTION =
      List.of("jvm_gc_pause_seconds", "jvm_gc_pause_seconds_max");

  @Test
  void everyMeterIsInTheTableAndEveryRowIsAMeter() throws IOException {
    String scraped = scrapeOfEverything();
    Map<String, String> inCode = metersOf(scraped);
    Map<String, String> inDocs = rows();

    Map<String, String> own = without(BY_PLATFORM, inCode);
    assertThat(without(BY_PLATFORM, inDocs)).isEqualTo(own);
    Map<String, String> ofTheJvm = only(BY_PLATFORM, inDocs);
    ofTheJvm.keySet().removeAll(ONCE_THERE_WAS_A_COLLECTION);
    assertThat(ofTheJvm.keySet())
        .containsExactlyInAnyOrderElementsOf(
            only(BY_PLATFORM, inCode).keySet().stream()
                .filter(name -> !ONCE_THERE_WAS_A_COLLECTION.contains(name))
                .toList());
  }

  @Test
  void everyValueOfALabelIsExplained() throws IOException {
    String page = Files.readString(Path.of("../docs/metrics.md"));
    Stream<String> values =
        Stream.of(
                Arrays.stream(Kind.values()).map(Kind::label),
                Arrays.stream(Source.values())
                    .map(source -> source.name().toLowerCase(Locale.ROOT)),
                Arrays.stream(UpstreamFailure.values()).map(UpstreamFailure::label),
                Arrays.stream(MemberState.values()).map(MemberState::label))
            .flatMap(labels -> labels);
    assertThat(values).allSatisfy(value -> assertThat(page).contains("`" + value + "`"));
    assertThat(RequestOutcome.values())
        .allSatisfy(outcome -> assertThat(page).contains("\n| " + outcome.label() + " | "));
  }

  private static String scrapeOfEverything() {
    try (EveryMeter meters = new EveryMeter()) {
      return meters.page().text("");
    }
  }

  /** Names with "type labels". */
  private static Map<String, String> metersOf(String scraped) {
    Map<String, String> types = new TreeMap<>();
    Map<String, TreeSet<String>> labels = new TreeMap<>();
    for (String line : scraped.lines().toList()) {
      Matcher type = TYPE.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      }
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        String name = sample.group(1);
        String meter = types.containsKey(name) ? name : PART.matcher(name).replaceFirst("");
        TreeSet<String> names = labels.computeIfAbsent(meter, _ -> new TreeSet<>());
        if (sample.group(2) != null) {
          LABEL.matcher(sample.group(2)).results().map(l -> l.group(1)).forEach(names::add);
        }
        names.remove("le");
      }
    }
    Map<String, String> meters = new TreeMap<>();
    types.forEach(
        (name, type) -> meters.put(name, type + " " + String.join(", ", labels.get(name))));
    return meters;
  }

  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("../docs/metrics.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String labels =
            Pattern.compile("[a-z]+")
                .matcher(row.group(3))
                .results()
                .map(label -> label.group())
                .sorted()
                .collect(Collectors.joining(", "));
        assertThat(rows.put(row.group(1), row.group(2) + " " + labels)).isNull();
      } else {
        assertThat(line).as("a row that cannot be read").doesNotStartWith("| `");
      }
    }
    return rows;
  }

  private static Map<String, String> only(List<String> prefixes, Map<String, String> meters) {
    Map<String, String> kept = new TreeMap<>(meters);
    kept.keySet().removeIf(name -> prefixes.stream().noneMatch(name::startsWith));
    return kept;
  }

  private static Map<String, String> without(List<String> prefixes, Map<String, String> meters) {
    Map<String, String> kept = new TreeMap<>(meters);
    kept.keySet().removeIf(name -> prefixes.stream().anyMatch(name::startsWith));
    return kept;
  }
}
