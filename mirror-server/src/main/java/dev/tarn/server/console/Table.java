package dev.tarn.server.console;

import java.util.ArrayList;
import java.util.List;

/** Rows of which each column is as wide as its widest text. Not thread-safe. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; rows may be of different lengths. */
  public Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** Its lines, without blanks at their ends. */
  public List<String> lines() {
    List<Integer> widths = new ArrayList<>();
    for (List<String> row : rows) {
      for (int column = 0; column < row.size(); column++) {
        int width = row.get(column).codePointCount(0, row.get(column).length());
        if (column == widths.size()) {
          widths.add(width);
        } else {
          widths.set(column, Math.max(widths.get(column), width));
        }
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = row.get(column);
      line.append(cell);
      if (column < row.size() - 1) {
        int width = cell.codePointCount(0, cell.length());
        line.repeat(" ", widths.get(column) - width).append(GAP);
      }
    }
    return line.toString().stripTrailing();
  }
}
