package dev.tarn.server;

import dev.tarn.server.console.Json;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.console.Table;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code tarn status} prints of a node: first whether it is fine. */
final class StatusText {
  private final PrintStream out;

  StatusText(PrintStream out) {
    this.out = out;
  }

  void print(Json status) {
    out.println(FindingsText.verdict(status) + ": " + who(status));
    FindingsText.print(status, out);
    out.println();
    Table table =
        new Table()
            .row("last hour", use(status.at("lastHour")))
            .row("since start", use(status.at("sinceStart")))
            .row("store", store(status.at("store")))
            .row("transfers", status.number("transfers") + " on their way here");
    registries(status, table);
    table.row("members", members(status.at("members")));
    if (!status.text("certificateExpires").isEmpty()) {
      table.row("certificate", "until " + status.text("certificateExpires"));
    }
    table.row("agent", agent(status.at("agent")));
    table.lines().forEach(out::println);
  }

  private static String who(Json status) {
    String zone = status.text("zone");
    return status.text("node")
        + (zone.isEmpty() ? "" : " in " + zone)
        + ", tarn "
        + status.text("version")
        + ", up "
        + seconds(status.number("uptimeSeconds"))
        + (status.is("ready") ? "" : ", not ready");
  }

  private static String seconds(long seconds) {
    return Quantity.time(Duration.ofSeconds(seconds));
  }

  private static String use(Json figures) {
    long hits = figures.at("hits").total();
    long misses = figures.at("misses").total();
    String ratio =
        hits + misses == 0
            ? "nothing was asked for"
            : String.format(
                Locale.ROOT,
                "%.0f %% of %d were here",
                100.0 * hits / (hits + misses),
                hits + misses);
    return ratio
        + ", "
        + Quantity.bytes(figures.at("servedBytes").total())
        + " served, "
        + Quantity.bytes(figures.at("fetchedBytes").number("upstream"))
        + " from upstream, "
        + Quantity.bytes(figures.number("savedBytes"))
        + " saved, "
        + Quantity.bytes(figures.number("crossZoneBytes"))
        + " across zones"
        + (figures.number("failures") > 0 ? ", " + figures.number("failures") + " failed" : "")
        + (figures.number("stale") > 0 ? ", " + figures.number("stale") + " stale" : "");
  }

  private static String store(Json store) {
    String free =
        store.at("freeBytes").isThere()
            ? ", "
                + Quantity.bytes(store.number("freeBytes"))
                + " of "
                + Quantity.bytes(store.number("totalBytes"))
                + " free"
            : "";
    return Quantity.bytes(store.number("bytes"))
        + " of "
        + Quantity.bytes(store.number("limitBytes"))
        + (store.is("squeezed") ? " (squeezed)" : "")
        + free;
  }

  private static void registries(Json status, Table table) {
    String title = "registries";
    for (Json registry : status.list("registries")) {
      List<String> words = new ArrayList<>(List.of(registry.text("state")));
      if (registry.at("failingSince").isThere()) {
        words.add(
            "since " + registry.text("failingSince") + " (" + registry.text("lastFailure") + ")");
      } else if (registry.at("lastStatus").isThere()) {
        words.add("answered " + registry.text("lastStatus") + " at " + registry.text("lastAnswer"));
      }
      if (registry.at("rateLimitRemaining").isThere()) {
        words.add(registry.number("rateLimitRemaining") + " requests remain");
      }
      table.row(title, registry.text("name") + ": " + String.join(", ", words));
      title = "";
    }
  }

  private static String members(Json members) {
    if (!members.isThere()) {
      return "this node is alone";
    }
    List<String> unwell =
        members.list("unwell").stream()
            .map(each -> each.text("node") + " " + each.text("state").replace('_', ' '))
            .toList();
    return members.number("ready")
        + " of "
        + members.number("total")
        + " ready"
        + (unwell.isEmpty() ? "" : " (" + String.join(", ", unwell) + ")")
        + ", by "
        + members.text("source")
        + " "
        + seconds(members.number("ageSeconds"))
        + " ago";
  }

  private static String agent(Json agent) {
    return agent.isThere()
        ? agent.text("verdict")
            + ", "
            + agent.number("entries")
            + " entries, heard of "
            + seconds(agent.number("reportAgeSeconds"))
            + " ago"
        : "none is set up";
  }
}
