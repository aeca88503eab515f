package dev.tarn.agent.tree;

import static dev.tarn.agent.tree.Node.HUB;
import static dev.tarn.agent.tree.Node.MIRROR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.files.FaultyFiles;
import dev.tarn.agent.files.InMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.tomlj.TomlWriteOptions;

/** Another program does what it likes with the same files, in any order. */
@Execution(ExecutionMode.CONCURRENT)
class ForeignControllerTest {
  private static final int SEQUENCES = 10_000;
  private static final int PARTS = 4;
  private static final int MAX_STEPS = 10;
  private static final Pattern BLOCK =
      Pattern.compile(
          "# >>> tarn [^\n]*\n(?:server = \"https://registry-1.docker.io\"\n)?"
              + "\\[host.\"http://127.0.0.1:5050\"]\n  capabilities = \\[\"pull\", \"resolve\"]\n"
              + "# <<< tarn[^\n]*(?:\n|$)");
  private static final Pattern TOKEN = Pattern.compile("token[0-9]+");

  @TempDir(factory = InMemory.class)
  Path directory;

  /** Of each part the first seed, and the one behind its last. */
  static Stream<Arguments> parts() {
    Long chosen = Long.getLong("tarn.seed");
    return chosen == null
        ? IntStream.range(0, PARTS)
            .mapToObj(
                part -> Arguments.of(part * SEQUENCES / PARTS, (part + 1) * SEQUENCES / PARTS))
        : Stream.of(Arguments.of(chosen, chosen + 1));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void foreignContentIsNeverLostAndOursIsThereExactlyWhenItShouldBe(long first, long end) {
    for (long seed = first; seed < end; seed++) {
      List<String> steps = new ArrayList<>();
      try {
        new Sequence(new Node(directory), seed, steps).run();
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError("-Dtarn.seed=" + seed + " after " + steps, e);
      }
    }
  }

  private static final class Sequence {
    private final Node node;
    private final SplittableRandom random;
    private final List<String> steps;
    private final HostsTree tree;
    private final Path folder;
    private final Path file;
    private boolean rootAtFirst;
    private boolean onlyDeletions = true;
    private int tokens;

    Sequence(Node node, long seed, List<String> steps) {
      this.node = node;
      this.random = new SplittableRandom(seed);
      this.steps = steps;
      this.tree = node.tree(FaultyFiles.none());
      this.folder = node.root.resolve("docker.io");
      this.file = folder.resolve("hosts.toml");
    }

    void run() throws IOException {
      node.clear();
      if (random.nextBoolean()) {
        node.withRoot();
        rootAtFirst = true;
      }
      for (int i = 1 + random.nextInt(MAX_STEPS); i > 0; i--) {
        switch (random.nextInt(16)) {
          case 0, 1, 2, 3 -> put();
          case 4 -> withdraw();
          case 5 -> write("rewrite", document());
          case 6 -> append();
          case 7 -> delete();
          case 8 -> deleteDirectory();
          case 9, 10 -> reserialise();
          case 11 -> addBeside();
          case 12 -> changeMode();
          case 13 -> truncate();
          case 14 -> write("rubbish", "[[ " + token() + " \u0001");
          default -> insertInTheMiddle();
        }
      }
      put();
      withdraw();
      if (onlyDeletions) {
        assertThat(Files.exists(folder)).isFalse();
        assertThat(Files.exists(node.root)).isEqualTo(rootAtFirst);
      }
    }

    private void put() throws IOException {
      Before before = new Before();
      steps.add("put");
      Standing standing = tree.put(HUB);

      switch (standing) {
        case Standing.Present _ -> {
          TomlParseResult read = Toml.parse(Files.readString(file));
          assertThat(read.hasErrors()).isFalse();
          TomlTable hosts = Objects.requireNonNull(read.getTable(List.of("host")));
          assertThat(hosts.keySet()).first().isEqualTo(MIRROR.toString());
          assertThat(tree.look(HUB)).isEqualTo(standing);
          before.expectSame(BLOCK.matcher(text()).replaceAll(""));
        }
        case Standing.LeftAlone left -> {
          assertThat(left.why()).isNotBlank();
          before.expectSame(text());
        }
        case Standing.Absent _ -> throw new AssertionError("put says absent");
        case Standing.Failed failed -> throw new AssertionError(failed.why());
      }
      before.expectKept();
      expectSettled();
    }

    private void withdraw() throws IOException {
      Before before = new Before();
      steps.add("withdraw");
      Standing standing = tree.withdraw(HUB);

      switch (standing) {
        case Standing.Absent _ -> {
          assertThat(node.traces()).isEmpty();
          if (!text().isEmpty() && !before.byHand) {
            assertThat(text()).doesNotContain(MIRROR.toString());
          }
        }
        case Standing.LeftAlone left -> assertThat(left.why()).contains("by hand");
        case Standing.Present _ -> throw new AssertionError("withdraw says present");
        case Standing.Failed failed -> throw new AssertionError(failed.why());
      }
      before.expectSame(text());
      before.expectKept();
      expectSettled();
    }

    private void expectSettled() {
      Snapshot once = node.snapshot();
      assertThat(once.entries().keySet())
          .noneMatch(name -> name.contains(".tarn-tmp") || name.contains(".tarn-new"));
      tree.look(HUB);
      assertThat(node.snapshot()).isEqualTo(once);
    }

    /** What there was of others' before our turn. */
    private final class Before {
      private final String text = text();
      private final boolean whole;
      private final boolean byHand;
      private final String stripped;
      private final Optional<String> mode;
      private final Map<String, String> beside;

      Before() throws IOException {
        stripped = BLOCK.matcher(text).replaceAll("");
        whole = !stripped.contains("# >>>") && !stripped.contains("# <<<");
        byHand = stripped.contains(MIRROR.toString());
        mode = mode();
        beside = beside();
      }

      /** But for a line break at the end of what stood above our block. */
      void expectSame(String after) {
        if (whole && !byHand) {
          assertThat(after.stripTrailing()).isEqualTo(stripped.stripTrailing());
        }
      }

      void expectKept() throws IOException {
        assertThat(tokens(text())).containsAll(tokens(text));
        assertThat(beside()).isEqualTo(beside);
        if (mode.isPresent() && Files.exists(file)) {
          assertThat(mode()).isEqualTo(mode);
        }
      }
    }

    private Map<String, String> beside() throws IOException {
      Map<String, String> found = new TreeMap<>();
      if (Files.isDirectory(folder)) {
        try (var all = Files.list(folder)) {
          for (Path path : all.toList()) {
            if (path.getFileName().toString().startsWith("token")) {
              found.put(path.toString(), Files.readString(path));
            }
          }
        }
      }
      return found;
    }

    private Optional<String> mode() throws IOException {
      return Files.exists(file)
          ? Optional.of(Files.getAttribute(file, "unix:mode").toString())
          : Optional.empty();
    }

    private String text() {
      try {
        return Files.exists(file)
            ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
            : "";
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private static Set<String> tokens(String text) {
      Set<String> found = new TreeSet<>();
      Matcher matcher = TOKEN.matcher(text);
      while (matcher.find()) {
        found.add(matcher.group());
      }
      return found;
    }

    private String token() {
      onlyDeletions = false;
      return "token" + tokens++;
    }

    private String table() {
      return "[host.\"https://"
          + token()
          + ".example\"]\n"
          + (random.nextBoolean() ? "  capabilities = [\"pull\", \"resolve\"]\n" : "")
          + (random.nextInt(6) == 0 ? "  skip_verify = true\n" : "");
    }

    private String document() {
      StringBuilder text = new StringBuilder();
      if (random.nextBoolean()) {
        text.append("# ").append(token()).append('\n');
      }
      if (random.nextBoolean()) {
        text.append("server = \"https://").append(token()).append(".example\"\n");
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        text.append(random.nextBoolean() ? "\n# about " + token() + "\n" : "").append(table());
      }
      String all = text.toString();
      all = random.nextInt(4) == 0 ? all.replace("\n", "\r\n") : all;
      return random.nextInt(4) == 0 ? all.stripTrailing() : all;
    }

    private void write(String what, String content) throws IOException {
      steps.add(what);
      onlyDeletions = false;
      Node.make(folder);
      Files.writeString(file, content);
    }

    private void append() throws IOException {
      if (Files.exists(file)) {
        String text = text();
        write("append", text + (text.endsWith("\n") || text.isEmpty() ? "" : "\n") + table());
      }
    }

    /** Between any two lines, within ours too. */
    private void insertInTheMiddle() throws IOException {
      if (!Files.exists(file)) {
        return;
      }
      List<String> lines = new ArrayList<>(text().lines().toList());
      lines.add(
          random.nextInt(lines.size() + 1),
          random.nextBoolean() ? "# " + token() : table().stripTrailing());
      write("insert", String.join("\n", lines) + "\n");
    }

    private void delete() throws IOException {
      steps.add("delete");
      Files.deleteIfExists(file);
    }

    private void deleteDirectory() throws IOException {
      steps.add("delete directory");
      if (Files.isDirectory(folder)) {
        try (var all = Files.list(folder)) {
          for (Path path : all.toList()) {
            Files.delete(path);
          }
        }
        Files.delete(folder);
      }
    }

    /** Read and written again, without comments. */
    private void reserialise() throws IOException {
      if (!Files.exists(file)) {
        return;
      }
      TomlParseResult read = Toml.parse(text(), org.tomlj.TomlParseOptions.sourceless());
      if (read.hasErrors() || tokens(text()).size() != tokens(read.toJson()).size()) {
        return;
      }
      boolean before = onlyDeletions;
      write("reserialise", read.toToml(TomlWriteOptions.defaults()).replaceAll("(?m)^#.*\n", ""));
      onlyDeletions = before;
    }

    private void addBeside() throws IOException {
      steps.add("add beside");
      Node.make(folder);
      String name = token();
      Files.writeString(folder.resolve(name), name);
    }

    private void changeMode() throws IOException {
      steps.add("mode");
      if (Files.exists(file)) {
        Files.setAttribute(file, "unix:mode", random.nextBoolean() ? 0600 : 0664);
      }
    }

    private void truncate() throws IOException {
      String text = text();
      if (!text.isEmpty()) {
        write("truncate", text.substring(0, random.nextInt(text.length())));
      }
    }
  }
}
