package dev.tarn.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final Page PAGE =
      Page.of(
          "docs/a.md",
          """
          # A `page`, [linked](b.md)!

          See [this](b.md#c), `tarn
          serve` and ![that](d.png).

          ```console
          $ one \\
            two
          three
          $ four
          # five
          ```

          ## Same
          ## Same

              indented
          """);

  @Test
  void hasBlocksWithKindsAndLines() {
    assertThat(PAGE.blocks())
        .containsExactly(
            new Block("docs/a.md", 7, "console", "$ one \\\n  two\nthree\n$ four\n# five\n"));
  }

  @Test
  void knowsWhatIsTypedFromWhatIsPrinted() {
    assertThat(Console.inputs(PAGE.blocks().getFirst()))
        .containsExactly(
            new Console.Input("docs/a.md", 7, "one \\\n  two"),
            new Console.Input("docs/a.md", 10, "four"),
            new Console.Input("docs/a.md", 11, "five"));
  }

  @Test
  void hasAnchorsAsTheWebMakesThem() {
    assertThat(PAGE.anchors()).containsExactly("a-page-linked", "same", "same-1");
  }

  @Test
  void hasLinksSpansAndIndentedBlocksOutsideOfBlocks() {
    assertThat(PAGE.links())
        .extracting(Page.Found::text)
        .containsExactly("b.md", "b.md#c", "d.png");
    assertThat(PAGE.spans()).extracting(Page.Found::text).containsExactly("page", "tarn serve");
    assertThat(PAGE.spans().getLast().line()).isEqualTo(3);
    assertThat(PAGE.indentedBlocks()).extracting(Page.Found::line).containsExactly(17);
  }

  @Test
  void refusesABlockThatDoesNotEnd() {
    assertThatThrownBy(() -> Page.of("a.md", "```text\n")).hasMessageContaining("a.md:1");
  }

  @Test
  void knowsWhichOfOursIsCalled() {
    assertThat(Invocation.of("a", true, List.of("./tarn", "agent", "run")))
        .containsExactly(new Invocation("a", true, "containerd-config-agent", List.of("run")));
    assertThat(
            Invocation.of(
                "a",
                true,
                List.of(
                    "kubectl",
                    "exec",
                    "--",
                    "/opt/java/bin/java",
                    "@/opt/tarn/tool.args",
                    "status")))
        .extracting(Invocation::program)
        .containsExactly("kubectl", "tarn");
    assertThat(Invocation.of("a", true, List.of("e2e/run", "chart")))
        .extracting(Invocation::program)
        .containsExactly("e2e/run");
  }
}
