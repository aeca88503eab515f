package dev.tarn.server;

import dev.tarn.server.console.Json;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.console.Table;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What {@code tarn transfers} prints: a line with a bar for each. Not thread-safe. */
final class TransfersText {
  private static final int BAR_CHARACTERS = 20;
  private static final int SHOWN_HEX_DIGITS = 12;

  private final PrintStream out;
  private final boolean inPlace;
  private int printed;

  /**
   * Prints nothing yet.
   *
   * @param inPlace whether each time takes the place of the last, as on a terminal
   */
  TransfersText(PrintStream out, boolean inPlace) {
    this.out = out;
    this.inPlace = inPlace;
  }

  void print(Json transfers) {
    List<String> lines = lines(transfers);
    if (inPlace && printed > 0) {
      out.printf("\u001b[%dA\u001b[J", printed);
    }
    lines.forEach(out::println);
    out.flush();
    printed = lines.size();
  }

  private static List<String> lines(Json transfers) {
    List<Json> listed = transfers.list("transfers");
    if (listed.isEmpty()) {
      return List.of("Nothing is on its way here.");
    }
    Table table = new Table();
    for (Json each : listed) {
      table.row(
          name(each),
          each.text("kind"),
          bar(each),
          size(each),
          each.text("source").isEmpty() ? "-" : each.text("source"),
          Quantity.bytes(each.number("bytesPerSecond")) + "/s",
          Quantity.time(Duration.ofSeconds(each.number("seconds"))),
          each.number("readers") + (each.number("readers") == 1 ? " reader" : " readers"));
    }
    List<String> lines = new ArrayList<>(table.lines());
    long more = transfers.number("total") - listed.size();
    if (more > 0) {
      lines.add("and " + more + " more");
    }
    return List.copyOf(lines);
  }

  private static String name(Json transfer) {
    String digest = transfer.text("digest");
    int shown = digest.indexOf(':') + 1 + SHOWN_HEX_DIGITS;
    String repository = transfer.text("repository");
    return transfer.text("registry")
        + (repository.isEmpty() ? "" : "/" + repository)
        + " "
        + digest.substring(0, Math.min(shown, digest.length()));
  }

  private static String bar(Json transfer) {
    long size = transfer.number("sizeBytes");
    if (size <= 0) {
      return "[" + "?".repeat(BAR_CHARACTERS) + "]    ?";
    }
    double part = Math.clamp((double) transfer.number("receivedBytes") / size, 0.0, 1.0);
    int full = (int) (part * BAR_CHARACTERS);
    return String.format(
        "[%s%s] %3d%%", "#".repeat(full), ".".repeat(BAR_CHARACTERS - full), (int) (part * 100));
  }

  private static String size(Json transfer) {
    String received = Quantity.bytes(transfer.number("receivedBytes"));
    return transfer.at("sizeBytes").isThere()
        ? received + " of " + Quantity.bytes(transfer.number("sizeBytes"))
        : received;
  }
}
