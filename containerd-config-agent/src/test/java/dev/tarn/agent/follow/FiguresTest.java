package dev.tarn.agent.follow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    assertThat(documented).isEqualTo(shown(page()));
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

  private static String page() {
    World world = new World(World.DOCKER);
    world.settle();
    Figures figures = new Figures("1.0");
    figures.answered(World.READY);
    return figures.page(world.follower, true);
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
