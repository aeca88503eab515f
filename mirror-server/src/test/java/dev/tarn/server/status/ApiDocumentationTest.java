package dev.tarn.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.server.status.MemberFacts.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/api.md} against what is answered. */
class ApiDocumentationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String page() throws IOException {
    return Files.readString(Path.of("../docs/api.md"));
  }

  /** The example of that kind. */
  private static JsonNode example(String kind) throws IOException {
    Matcher block =
        Pattern.compile("```json " + kind + "\n(.*?)```", Pattern.DOTALL).matcher(page());
    assertThat(block.find()).as(kind).isTrue();
    return JSON.readTree(block.group(1));
  }

  /** Paths of all fields, those of an array's elements together. */
  private static Set<String> fields(JsonNode node) {
    Set<String> fields = new TreeSet<>();
    collect(node, "", fields);
    return fields;
  }

  private static void collect(JsonNode node, String path, Set<String> into) {
    node.properties()
        .forEach(
            field -> {
              into.add(path + "." + field.getKey());
              collect(field.getValue(), path + "." + field.getKey(), into);
            });
    if (node.isArray()) {
      node.forEach(element -> collect(element, path + "[]", into));
    }
  }

  @Test
  void theExampleOfAStatusHasItsFields() throws IOException {
    SampleFacts given = new SampleFacts();
    given.registries = List.of(SampleFacts.failing(SampleFacts.NOW.minusSeconds(60)));
    given.members = Optional.of(SampleFacts.members(1, true, State.READY, State.AVOIDED));

    assertThat(fields(example("status"))).isEqualTo(fields(JSON.readTree(given.status().json())));
  }

  static TransferFacts transfer() {
    return new TransferFacts(
        "docker.io",
        "library/alpine",
        "sha256:9a839e63dad54c3a6d1834e29692c8492d93f90c59c978c1ed79109ea4fb9a54",
        false,
        OptionalLong.of(3_408_729),
        1_500_000,
        1_048_576,
        Optional.of("peer"),
        2_000_000_000,
        1);
  }

  @Test
  void theExampleOfTransfersHasItsFields() throws IOException {
    JsonNode answer = JSON.readTree(TransfersJson.of(List.of(transfer()), true));

    assertThat(fields(example("transfers"))).isEqualTo(fields(answer));
    assertThat(answer.get("transfers").get(0).get("bytesPerSecond").asLong()).isEqualTo(524_288);
  }

  @Test
  void withoutTheTokenATransferIsItsRegistryAndAFewDigits() throws IOException {
    String answer = TransfersJson.of(List.of(transfer()), false);

    assertThat(answer)
        .contains("\"sha256:9a839e63dad5\"", "docker.io")
        .doesNotContain("alpine", "9a839e63dad54");
  }

  @Test
  void ofManyTransfersTheOldestAreListed() throws IOException {
    JsonNode answer = JSON.readTree(TransfersJson.of(Collections.nCopies(1000, transfer()), true));

    assertThat(answer.get("total").asInt()).isEqualTo(1000);
    assertThat(answer.get("transfers")).hasSize(256);
  }

  @Test
  void theExampleOfImagesHasItsFields() throws IOException {
    assertThat(fields(example("images"))).isEqualTo(fields(JSON.readTree(ImagesTest.example())));
  }

  @Test
  void theExampleOfAClusterHasItsFields() throws IOException, InterruptedException {
    assertThat(fields(example("cluster")))
        .isEqualTo(fields(JSON.readTree(ClusterViewTest.example())));
  }

  @Test
  void timesHaveNoFractionsWhereNobodyNeedsThem() throws IOException {
    SampleFacts given = new SampleFacts();
    given.registries = List.of(SampleFacts.failing(SampleFacts.NOW.minusSeconds(60)));
    JsonNode status = JSON.readTree(given.status().json());

    assertThat(status.get("time").asText()).isEqualTo("2026-11-23T15:04:05Z");
    assertThat(status.get("registries").get(0).get("failingSince").asText())
        .isEqualTo("2026-11-23T15:03:05Z");
    assertThat(status.get("certificateExpires").asText()).isEqualTo("2026-11-30T15:04:05Z");
  }

  @Test
  void whatANodeDoesNotHaveIsNull() throws IOException {
    SampleFacts given = new SampleFacts();
    given.members = Optional.empty();
    given.agent = Optional.empty();
    given.expires = Optional.empty();
    given.store = new NodeFacts.Store(1, 1, 0, 1, false, Optional.empty());

    JsonNode status = JSON.readTree(given.status().json());

    assertThat(status.get("members").isNull()).isTrue();
    assertThat(status.get("agent").isNull()).isTrue();
    assertThat(status.get("certificateExpires").isNull()).isTrue();
    assertThat(status.get("store").get("freeBytes").isNull()).isTrue();
  }

  @Test
  void everyCodeIsExplained() throws IOException {
    String page = page();
    assertThat(Arrays.stream(FindingCode.values()).map(FindingCode::label))
        .allSatisfy(label -> assertThat(page).contains("`" + label + "`"));
    Matcher rows = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (attention|trouble)").matcher(page);
    assertThat(rows.results().map(row -> row.group(1)))
        .isNotEmpty()
        .allSatisfy(label -> assertThat(FindingCode.ofLabel(label)).isPresent());
  }

  /** What a finding's {@code runbook} names. */
  @Test
  void everyCodeHasASectionForOperators() throws IOException {
    String operations = Files.readString(Path.of("../docs/operations.md"));
    List<String> anchors =
        Pattern.compile("(?m)^##+ (.+)$")
            .matcher(operations)
            .results()
            .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replace(' ', '-'))
            .toList();

    assertThat(anchors)
        .containsAll(Arrays.stream(FindingCode.values()).map(FindingCode::label).toList());
  }

  @Test
  void aStatusOfAnyClusterIsSmall() {
    SampleFacts given = new SampleFacts();
    State[] states = new State[5000];
    Arrays.fill(states, State.NOT_READY);
    given.members = Optional.of(SampleFacts.members(1, true, states));

    assertThat(given.status().json().length()).isLessThan(16 * 1024);
  }
}
