package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which processors there are, and how a command is put on one. */
class ProcessorsTest {
  @Test
  void theKernelsListIsReadWithItsRangesAndGaps() {
    assertThat(Processors.parse("0")).containsExactly(0);
    assertThat(Processors.parse("0-3")).containsExactly(0, 1, 2, 3);
    assertThat(Processors.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
  }

  @Test
  void serverAndClientAreEachPinnedToTheirOwn() {
    Processors processors = new Processors(3, 7);

    assertThat(processors.onServer(List.of("nginx", "-e", "stderr")))
        .containsExactly("taskset", "-c", "3", "nginx", "-e", "stderr");
    assertThat(processors.onClient(List.of("wrk"))).containsExactly("taskset", "-c", "7", "wrk");
  }
}
