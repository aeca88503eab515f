package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DifferenceTest {
  @Test
  void onlyTheLinesThatChangeAreShown() {
    assertThat(of(Optional.of("a\npassword\nb\nc\n"), "a\npassword\nB\nc\n"))
        .isEqualTo("--- /f\n+++ /f\n@@ -3,1 +3,1 @@\n-b\n+B\n");
  }

  @Test
  void whatIsAppendedComesAfterTheLastLine() {
    assertThat(of(Optional.of("a\n"), "a\n\nb\n"))
        .isEqualTo("--- /f\n+++ /f\n@@ -1,0 +2,2 @@\n+\n+b\n");
  }

  @Test
  void aNewFileComesFromNothing() {
    assertThat(of(Optional.empty(), "a\n"))
        .isEqualTo("--- /dev/null\n+++ /f\n@@ -0,0 +1,1 @@\n+a\n");
  }

  private static String of(Optional<String> before, String after) {
    return Difference.of(new Plan.Change("why", "/f", before, after, "/r", "/f", "key"));
  }
}
