package dev.tarn.e2e.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.process.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteRunnerTest {
  @TempDir Path work;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final List<String> closed = new ArrayList<>();
  private int sideBySide = 1;

  @Test
  void everyCasePassingIsGreen() {
    SuiteResult result = run(List.of(), passing("one"), passing("two"));

    assertThat(result.green()).isTrue();
    assertThat(result.line())
        .isEqualTo(
            "RESULT {\"suite\":\"test\",\"cases\":[\"one\",\"two\"],\"passed\":2,\"failed\":0,"
                + "\"skipped\":0,\"figures\":{\"one\":{\"n\":1},\"two\":{\"n\":1}}}");
  }

  @Test
  void theResultIsTheLastLinePrinted() {
    SuiteResult result = run(List.of(), passing("one"));

    assertThat(printed.toString(StandardCharsets.UTF_8).lines().toList().getLast())
        .isEqualTo(result.line());
  }

  @Test
  void aFailingCaseIsNotGreenAndWhatItOpenedIsClosed() {
    SuiteResult result =
        run(
            List.of(),
            Case.of(
                "bad",
                (shared, run) -> {
                  run.workspace().own(() -> closed.add("first"));
                  run.workspace().own(() -> closed.add("second"));
                  run.check(false, "it is not so");
                }),
            passing("good"));

    assertThat(result.green()).isFalse();
    assertThat(result.line()).contains("\"passed\":1,\"failed\":1", "it is not so");
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void aMissingToolSkipsAndIsNotGreen() {
    SuiteResult result = run(List.of(new Need("a thing", "fetch it", () -> false)), passing("one"));

    assertThat(result.green()).isFalse();
    assertThat(result.line()).contains("\"passed\":0,\"failed\":0,\"skipped\":1", "fetch it");
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("a thing: fetch it");
  }

  @Test
  void casesRunSideBySideWhereTheSuiteAllows() {
    sideBySide = 2;
    CyclicBarrier both = new CyclicBarrier(2);

    SuiteResult result =
        run(
            List.of(),
            Case.of("one", (shared, run) -> both.await(20, TimeUnit.SECONDS)),
            Case.of("two", (shared, run) -> both.await(20, TimeUnit.SECONDS)),
            Case.of("bad", (shared, run) -> run.check(false, "it is not so")));

    assertThat(result.line()).contains("\"passed\":2,\"failed\":1", "it is not so");
  }

  @Test
  void aSuiteWithoutACaseIsNotGreen() {
    assertThat(run(List.of()).green()).isFalse();
  }

  @SafeVarargs
  private SuiteResult run(List<Need> needs, Case<String>... cases) {
    Suite<String> suite =
        new Suite<>() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public String summary() {
            return "";
          }

          @Override
          public List<Need> needs() {
            return needs;
          }

          @Override
          public List<Case<String>> cases() {
            return List.of(cases);
          }

          @Override
          public int sideBySide() {
            return sideBySide;
          }

          @Override
          public String open(Workspace workspace) {
            return "shared";
          }
        };
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new SuiteRunner(out, work, false, name -> true).run(suite);
  }

  private static Case<String> passing(String name) {
    return Case.of(name, (shared, run) -> run.figure("n", 1));
  }
}
