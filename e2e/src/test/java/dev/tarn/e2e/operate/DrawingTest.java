package dev.tarn.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tarn.e2e.operate.Dashboard.Panel;
import dev.tarn.e2e.operate.Series.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawingTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:00Z");
  private static final Window WINDOW =
      new Window(NOW.minusSeconds(120), NOW, Duration.ofSeconds(1), 600);

  private static final String DASHBOARD =
      """
      {"title": "T", "panels": [
        {"type": "row", "title": "First", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
        {"type": "stat", "title": "Broken", "gridPos": {"x": 0, "y": 1, "w": 3, "h": 4},
          "fieldConfig": {"defaults": {"unit": "none", "noValue": "–", "thresholds": {"steps": [
            {"color": "green", "value": null}, {"color": "red", "value": 1}]}}},
          "targets": [{"expr": "broken", "instant": true}]},
        {"type": "row", "title": "Second", "gridPos": {"x": 0, "y": 5, "w": 24, "h": 1}},
        {"type": "timeseries", "title": "Rates & more", "gridPos": {"x": 0, "y": 6, "w": 12, "h": 8},
          "fieldConfig": {"defaults": {"unit": "Bps", "custom": {"fillOpacity": 30,
            "stacking": {"mode": "normal"}}}},
          "targets": [{"expr": "rates", "legendFormat": "from {{ zone }}"}]},
        {"type": "table", "title": "List", "gridPos": {"x": 12, "y": 6, "w": 12, "h": 6},
          "fieldConfig": {"defaults": {"noValue": "Nobody"}},
          "transformations": [{"id": "organize", "options": {"excludeByName": {"job": true, "x": false}}}],
          "targets": [{"expr": "list", "instant": true}]}]}
      """;

  private static String drawn(String heading, Series... answer) throws Exception {
    Dashboard dashboard = Dashboard.parse(DASHBOARD);
    Panel panel = dashboard.row(heading).panels().getFirst();
    return new Drawing(WINDOW, Map.of(panel.targets().getFirst(), List.of(answer)))
        .page(dashboard, List.of(dashboard.row(heading)));
  }

  private static Series series(Map<String, String> labels, double... values) {
    long start = WINDOW.from().toEpochMilli();
    return new Series(
        labels,
        IntStream.range(0, values.length)
            .mapToObj(at -> new Point(start + at * 60_000L, values[at]))
            .toList());
  }

  @Test
  void aNumberHasTheColourOfItsThreshold() throws Exception {
    assertThat(drawn("First", series(Map.of(), 0))).contains("color:#73bf69'>0<");
    assertThat(drawn("First", series(Map.of(), 2))).contains("color:#f2495c'>2<");
  }

  @Test
  void aNumberThatIsNotKnownIsNotGreen() throws Exception {
    assertThat(drawn("First")).contains("color:#ccccdc'>–<");
    assertThat(drawn("First", series(Map.of(), Double.NaN))).contains("color:#ccccdc'>–<");
  }

  @Test
  void aRowBeginsAtTheTopOfItsPicture() throws Exception {
    Dashboard dashboard = Dashboard.parse(DASHBOARD);

    assertThat(dashboard.row("First").height()).isEqualTo(5);
    assertThat(dashboard.row("Second").top()).isEqualTo(5);
    assertThat(Drawing.height(List.of(dashboard.row("Second")))).isEqualTo(44 + 9 * 38 + 8);
    assertThat(drawn("Second", series(Map.of(), 1))).contains("top:82px").doesNotContain("First");
  }

  @Test
  void linesHaveLegendsAndAnAxisWithUnits() throws Exception {
    String page =
        drawn(
            "Second",
            series(Map.of("zone", "east"), 1e6, 2e6, 1e6),
            series(Map.of("zone", "<west>"), 1e6, 2e6, 1e6));

    assertThat(page)
        .contains("</span>from east</li>", "</span>from &lt;west&gt;</li>", "Rates &amp; more")
        .contains(">4 MB/s</text>", ">0 B/s</text>", ">03:03:00</text>");
  }

  @Test
  void linesAreStackedAlsoWhereOneHasNoValue() {
    List<Graph.Line> stacked =
        Graph.stacked(
            List.of(
                new Graph.Line("a", List.of(new Point(1, 1), new Point(2, 1), new Point(3, 1))),
                new Graph.Line("b", List.of(new Point(1, 2), new Point(3, Double.NaN)))));

    assertThat(stacked.getLast().points())
        .containsExactly(new Point(1, 3), new Point(2, 1), new Point(3, 1));
  }

  @Test
  void aTableShowsLabelsThatAreNotHidden() throws Exception {
    Dashboard dashboard = Dashboard.parse(DASHBOARD);
    Panel table = dashboard.row("Second").panels().getLast();
    Series row = series(Map.of("job", "hidden-job", "node", "node-1"), 1);
    String page =
        new Drawing(WINDOW, Map.of(table.targets().getFirst(), List.of(row)))
            .page(dashboard, List.of(dashboard.row("Second")));

    assertThat(page).contains("<th>node<th>Value<tr><td>node-1<td>1").doesNotContain("hidden-job");
  }

  @Test
  void whatHasNoAnswerSaysSo() throws Exception {
    assertThat(drawn("Second")).contains(">No data</div>", ">Nobody</div>");
    Dashboard dashboard = Dashboard.parse(DASHBOARD);
    assertThat(new Drawing(WINDOW, Map.of()).empty(dashboard.row("First").panels().getFirst()))
        .isTrue();
  }

  @Test
  void whatCannotBeDrawnFails() {
    assertThatThrownBy(() -> Dashboard.parse(DASHBOARD).row("Third")).hasMessageContaining("Third");
  }

  @Test
  void prometheusAnswersAreRead() throws Exception {
    List<Series> read =
        Series.of(
            new ObjectMapper()
                .readTree(
                    """
                    [{"metric": {"b": "2", "a": "1"}, "values": [[1.5, "3"], [2, "NaN"], [3, "+Inf"]]},
                     {"metric": {}, "value": [4, "-Inf"]}]
                    """));

    assertThat(read.getFirst().points())
        .containsExactly(
            new Point(1500, 3),
            new Point(2000, Double.NaN),
            new Point(3000, Double.POSITIVE_INFINITY));
    assertThat(read.getFirst().called("")).isEqualTo("{a=\"1\", b=\"2\"}");
    assertThat(read.getFirst().called("{{a}} {{c}}$")).isEqualTo("1 $");
    assertThat(read.getLast().last()).isEqualTo(Double.NEGATIVE_INFINITY);
  }
}
