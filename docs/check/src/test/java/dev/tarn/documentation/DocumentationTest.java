package dev.tarn.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every block of every page has a kind and is right for it, and every link leads somewhere. Our own
 * commands and configuration files are held against the code in the modules that have it.
 */
class DocumentationTest {
  /** Pages that name metrics that were, or figures that look like one. */
  private static final Set<String> OTHER_NAMES = Set.of("CHANGELOG.md", "docs/benchmarks.md");

  private static final Pattern CODES =
      Pattern.compile("\\((`[a-z]+-[a-z-]+`(?:, `[a-z]+-[a-z-]+`)*)\\)");
  private static final String DECISIONS = "docs/decisions/";

  private Documentation documentation;
  private Map<String, Page> pages;
  private CallCheck calls;

  @BeforeEach
  void read() throws Exception {
    documentation = Documentation.ofRepository();
    pages = documentation.pages().stream().collect(Collectors.toMap(Page::path, page -> page));
    calls = CallCheck.of(documentation.root());
  }

  @Test
  void everyBlockHasAKindAndIsRightForIt() throws Exception {
    Kinds kinds = Kinds.of(documentation.root());
    List<String> problems = new ArrayList<>();
    for (Block block : documentation.blocks()) {
      kinds.problems(block).forEach(problem -> problems.add(block.where() + ": " + problem));
    }
    assertThat(problems).isEmpty();
    assertThat(documentation.blocks()).hasSizeGreaterThan(80);
  }

  @Test
  void everyKindIsUsed() throws Exception {
    assertThat(documentation.blocks().stream().map(Block::kind).map(Kinds::first).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Kinds.of(documentation.root()).names().stream().map(Kinds::first).distinct().toList());
  }

  @Test
  void noBlockIsMadeByIndentation() {
    assertThat(documentation.pages().stream().flatMap(page -> page.indentedBlocks().stream()))
        .isEmpty();
  }

  @Test
  void everyCallIsRightInSentencesToo() {
    List<String> problems = new ArrayList<>();
    for (Invocation call : documentation.invocations()) {
      calls.problems(call).forEach(problem -> problems.add(call + ": " + problem));
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    for (Page page : documentation.pages()) {
      for (Page.Found link : page.links()) {
        if (!leadsSomewhere(page, link.text())) {
          broken.add(link.where() + ": " + link.text());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private boolean leadsSomewhere(Page from, String target) {
    if (target.startsWith("https://")) {
      return true;
    }
    String[] parts = target.split("#", 2);
    String to =
        parts[0].isEmpty()
            ? from.path()
            : Path.of(from.path())
                .resolveSibling(parts[0])
                .normalize()
                .toString()
                .replace('\\', '/');
    if (parts.length < 2) {
      return Files.exists(documentation.root().resolve(to));
    }
    Page page = pages.get(to);
    return page != null && page.anchors().contains(parts[1]);
  }

  private Page page(String path) {
    return documentation.pages().stream()
        .filter(page -> page.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theIndexNamesEveryPage() {
    Set<String> linked =
        page("docs/README.md").links().stream()
            .map(link -> "docs/" + link.text().replaceFirst("#.*", ""))
            .collect(Collectors.toSet());
    assertThat(pages.keySet())
        .filteredOn(path -> path.startsWith("docs/") && !path.startsWith(DECISIONS))
        .filteredOn(path -> !path.equals("docs/README.md"))
        .isSubsetOf(linked);
  }

  /** The pages of the way through the documentation each lead to the next one. */
  @Test
  void theWayThroughThePagesIsThatOfTheIndex() {
    Map<String, String> next = new HashMap<>();
    pages.values().stream()
        .filter(page -> page.path().startsWith("docs/"))
        .forEach(
            page -> {
              String last = page.prose().strip().lines().reduce("", (a, b) -> b);
              if (last.startsWith("Next: ")) {
                next.put(page.path(), "docs/" + last.replaceFirst("^.*?]\\(([^)]*)\\).*$", "$1"));
              }
            });
    List<String> way = new ArrayList<>(List.of("docs/start.md"));
    while (next.containsKey(way.getLast())) {
      way.add(next.get(way.getLast()));
    }
    List<String> index =
        page("docs/README.md").links().stream()
            .map(link -> "docs/" + link.text())
            .limit(way.size())
            .toList();
    assertThat(way).hasSizeGreaterThan(8).isEqualTo(index);
    assertThat(next).hasSize(way.size() - 1);
  }

  /** A symptom names what a node and {@code tarn doctor} say of it. */
  @Test
  void everyCodeOfATroubleExists() {
    Set<String> known =
        Stream.of("docs/api.md", "docs/commands.md")
            .flatMap(path -> page(path).spans().stream())
            .map(Page.Found::text)
            .collect(Collectors.toSet());
    List<String> named =
        CODES
            .matcher(page("docs/troubleshooting.md").prose())
            .results()
            .flatMap(codes -> Arrays.stream(codes.group(1).split(", ", -1)))
            .map(code -> code.replace("`", ""))
            .toList();
    assertThat(named).hasSizeGreaterThan(15).isSubsetOf(known);
  }

  @Test
  void everyMetricThatIsNamedExists() throws Exception {
    MetricNames metrics = MetricNames.of(documentation.root());
    List<String> unknown = new ArrayList<>();
    for (Page page : documentation.pages()) {
      if (!OTHER_NAMES.contains(page.path()) && !page.path().startsWith(DECISIONS)) {
        for (Page.Found span : page.spans()) {
          metrics.unknown(span.text()).forEach(name -> unknown.add(span.where() + ": " + name));
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(metrics.size()).isGreaterThan(80);
  }
}
