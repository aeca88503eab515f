package dev.tarn.e2e.agent;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How every combination went, printed when the suite is over. */
final class ResultTable implements AutoCloseable {
  private final List<Row> rows = new ArrayList<>();

  /**
   * A combination and what came of it.
   *
   * @param inspected what the agent's command said that only looks
   * @param before what the agent said before the first pull
   * @param after what it said after it
   * @param sources whom containerd came to
   * @param upstreams whom Tarn came to
   */
  record Row(
      Combination kind,
      Says inspected,
      Says before,
      Says after,
      Set<Source> sources,
      Set<Source> upstreams,
      String result) {}

  synchronized void add(Row row) {
    rows.add(row);
  }

  @Override
  public synchronized void close() {
    if (rows.isEmpty()) {
      return;
    }
    System.out.println(
        "| containerd | configuration | discard | hosts.toml | inspect | before | after | pull came to |"
            + " result |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    rows.stream()
        .sorted(
            Comparator.comparing((Row row) -> row.kind().release())
                .thenComparing(row -> row.kind().setting())
                .thenComparing(row -> row.kind().existing())
                .thenComparing(row -> row.kind().discards()))
        .forEach(ResultTable::print);
  }

  private static void print(Row row) {
    Combination kind = row.kind();
    System.out.printf(
        "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
        kind.release(),
        kind.setting(),
        kind.discards() ? "on" : "off",
        kind.existing(),
        row.inspected(),
        row.before(),
        row.after(),
        names(row.sources())
            + (row.upstreams().isEmpty() ? "" : ", that to " + names(row.upstreams())),
        row.result());
  }

  private static String names(Set<Source> sources) {
    return sources.isEmpty()
        ? "nobody"
        : sources.stream().map(Source::toString).collect(Collectors.joining(", "));
  }
}
