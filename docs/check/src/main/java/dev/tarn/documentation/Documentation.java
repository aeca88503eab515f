package dev.tarn.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** README.md, docs/, and what else of Markdown the repository has for those who run or build it. */
public record Documentation(Path root, List<Page> pages) {
  private static final Set<String> BESIDE = Set.of("README.md", "CHANGELOG.md", "e2e/README.md");

  /**
   * Programs whose calls are checked also where they stand between backticks in a sentence. What is
   * left out there is shown by an ellipsis, and such a call is not checked.
   */
  private static final Set<String> IN_PROSE =
      Set.of("tarn", "./tarn", "containerd-config-agent", "helm", "kubectl", "mvn", "e2e/run");

  /** {@code [--option]}: the brackets are not typed. */
  private static final Pattern OPTIONAL = Pattern.compile("\\[(-[^\\]]*)]");

  private static final String LEFT_OUT = "…";

  /** As a sentence names whichever of a program's commands. */
  private static final String ANY_COMMAND = " COMMAND";

  /** The pages of the repository that the module is in whose tests run. */
  public static Documentation ofRepository() throws IOException {
    return in(repository());
  }

  /** Where that repository begins. */
  static Path repository() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.exists(place.resolve("helm/tarn"))) {
      Path above = place.getParent();
      if (above == null) {
        throw new IllegalStateException("tests run in no module of the repository");
      }
      place = above;
    }
    return place;
  }

  static Documentation in(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : BESIDE) {
      files.add(root.resolve(name));
    }
    Path own = root.resolve("docs/check");
    try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md") && !file.startsWith(own))
          .forEach(files::add);
    }
    List<Page> pages = new ArrayList<>();
    for (Path file : files.stream().sorted().toList()) {
      String path = root.relativize(file).toString().replace('\\', '/');
      pages.add(Page.of(path, Files.readString(file)));
    }
    return new Documentation(root, List.copyOf(pages));
  }

  /** All blocks, of whatever kind. */
  public List<Block> blocks() {
    return pages.stream().flatMap(page -> page.blocks().stream()).toList();
  }

  /** The blocks of one kind. */
  public List<Block> blocks(String kind) {
    return blocks().stream().filter(block -> block.kind().equals(kind)).toList();
  }

  /** Every call of {@code program}, in blocks and in prose. */
  public List<Invocation> invocations(String program) {
    return invocations().stream()
        .filter(invocation -> invocation.program().equals(program))
        .toList();
  }

  /** Every program that is called, in blocks and in prose. */
  public List<Invocation> invocations() {
    return Stream.concat(inBlocks(), inProse()).toList();
  }

  private Stream<Invocation> inBlocks() {
    return blocks("console").stream()
        .flatMap(block -> Console.inputs(block).stream())
        .flatMap(input -> invocations(input.where(), true, input.text()));
  }

  private Stream<Invocation> inProse() {
    return pages.stream()
        .flatMap(page -> page.spans().stream())
        .filter(span -> span.text().contains(" ") && !span.text().contains(LEFT_OUT))
        .filter(span -> !span.text().contains(ANY_COMMAND))
        .filter(span -> IN_PROSE.contains(span.text().substring(0, span.text().indexOf(' '))))
        .flatMap(
            span ->
                invocations(span.where(), false, OPTIONAL.matcher(span.text()).replaceAll("$1")));
  }

  private static Stream<Invocation> invocations(String where, boolean isTyped, String text) {
    try {
      return Shell.commands(text).stream()
          .flatMap(words -> Invocation.of(where, isTyped, words).stream());
    } catch (UnreadableShell unreadable) {
      throw new IllegalArgumentException(where + ": " + unreadable.getMessage(), unreadable);
    }
  }
}
