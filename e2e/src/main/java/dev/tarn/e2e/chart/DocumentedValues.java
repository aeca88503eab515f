package dev.tarn.e2e.chart;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The chart's values as the documentation shows them, in blocks that begin with {@code yaml
 * values}: rendered by Helm itself. The documentation module holds them against the schema.
 */
final class DocumentedValues {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml values\\n(.*?)^```$");
  private static final int LEAST = 5;

  private DocumentedValues() {}

  static void render(ChartBench bench, CaseRun run) throws IOException {
    int blocks = 0;
    for (Path page : pages()) {
      Matcher block = BLOCK.matcher(Files.readString(page));
      while (block.find()) {
        Path values = run.workspace().directory().resolve("documented-" + blocks++ + ".yaml");
        Files.writeString(values, block.group(1));
        Rendering rendering =
            new Rendering(
                values, List.of("image.repository=registry.example.com/tarn"), ChartBench.newest());
        Child.Finished finished = bench.helm().template(rendering);
        run.check(finished.status() == 0, page + ": " + block.group(1) + "\n" + finished.output());
      }
    }
    if (blocks < LEAST) {
      throw new CaseFailed("only " + blocks + " blocks of values in the documentation");
    }
    run.figure("blocks", blocks);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(Tools.repository().resolve("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }
}
