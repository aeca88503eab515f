package dev.tarn.agent.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.canary.CanaryPulls;
import dev.tarn.agent.metrics.Page;
import dev.tarn.agent.taint.EffectiveSignal;
import dev.tarn.agent.taint.Taint;
import dev.tarn.agent.taint.TaintRemoval;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final String PREFIX = "containerd_config_agent_";

  @Test
  void theDocumentationListsWhatIsShown() throws IOException {
    Set<String> documented = new TreeSet<>();
    List<String> lines = Files.readAllLines(Path.of("../docs/agent.md"));
    for (String line : lines) {
      String[] cells = line.split(" *\\| *", -1);
      if (cells.length > 2 && (cells[2].equals("gauge") || cells[2].equals("counter"))) {
        documented.add(cells[1].replace("`", "") + " " + cells[2]);
      }
    }

    Page optional = new Page();
    try (CanaryPulls canary = canary();
        TaintRemoval taint = taint()) {
      canary.write(optional);
      taint.write(optional);
    }
    assertThat(documented).isEqualTo(shown(page() + optional));
  }

  @Test
  void whatConcernsTheNodeComesFirst() {
    String page = page();

    assertThat(page.indexOf(PREFIX + "entry{")).isGreaterThan(page.indexOf(PREFIX + "watching 1"));
    assertThat(page)
        .contains(PREFIX + "verdict{verdict=\"unknown\"} 1\n")
        .contains(PREFIX + "verdict{verdict=\"effective\"} 0\n")
        .contains(PREFIX + "entries 1\n")
        .contains(PREFIX + "entry{registry=\"docker.io\",root=\"" + World.ROOT + "\"} 1\n")
        .contains(PREFIX + "mirror_answers_total{answer=\"ready\"} 1\n");
  }

  private static CanaryPulls canary() {
    return new CanaryPulls(
        new CanaryPulls.Settings(
            URI.create("http://127.0.0.1:1"),
            Optional.empty(),
            Duration.ofHours(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)),
        Path::of,
        new Random(1),
        () -> 0);
  }

  private static TaintRemoval taint() {
    return TaintRemoval.start(Optional.empty(), new EffectiveSignal(), true, Taint.DEFAULT);
  }

  private static String page() {
    World world = new World(World.DOCKER);
    world.settle();
    Figures figures = new Figures("1.0");
    figures.answered(World.READY);
    return figures.page(world.follower, true, List.of());
  }

  private static Set<String> shown(String page) {
    Set<String> shown = new TreeSet<>();
    for (String line : page.split("\n", -1)) {
      if (line.startsWith("# TYPE " + PREFIX)) {
        shown.add(line.substring(("# TYPE " + PREFIX).length()));
      }
    }
    return shown;
  }
}
