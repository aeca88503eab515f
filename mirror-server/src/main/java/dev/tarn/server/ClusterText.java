package dev.tarn.server;

import dev.tarn.server.console.Json;
import dev.tarn.server.console.Quantity;
import dev.tarn.server.console.Table;
import java.io.PrintStream;
import java.util.Locale;

/** What {@code tarn status --cluster} prints: first whether all are fine. */
final class ClusterText {
  private final PrintStream out;

  ClusterText(PrintStream out) {
    this.out = out;
  }

  void print(Json cluster) {
    out.println(
        FindingsText.verdict(cluster)
            + ": "
            + cluster.number("answered")
            + " of "
            + cluster.number("total")
            + " nodes answered "
            + cluster.text("node"));
    FindingsText.print(cluster, out);
    out.println();
    Table whole = new Table();
    whole.row("last hour", use(cluster.at("lastHour")));
    whole.row("since start", use(cluster.at("sinceStart")));
    whole.row("on its way", onItsWay(cluster.at("inFlight")));
    for (Json registry : cluster.list("registries")) {
      if (registry.number("limited") + registry.number("failing") > 0) {
        whole.row(registry.text("name"), fare(registry));
      }
    }
    whole.lines().forEach(out::println);
    out.println();
    Table nodes =
        new Table()
            .row(
                "NODE",
                "ZONE",
                "STATE",
                "VERDICT",
                "HERE",
                "SAVED/H",
                "STORE",
                "TRANSFERS",
                "AGENT");
    cluster.list("nodes").forEach(node -> row(node, nodes));
    nodes.lines().forEach(out::println);
  }

  private static String use(Json figures) {
    return ratio(figures)
        + " of requests were here, "
        + Quantity.bytes(figures.number("servedBytes"))
        + " served, "
        + Quantity.bytes(figures.number("upstreamBytes"))
        + " from upstream, "
        + Quantity.bytes(figures.number("savedBytes"))
        + " saved, "
        + Quantity.bytes(figures.number("crossZoneBytes"))
        + " across zones";
  }

  private static String onItsWay(Json inFlight) {
    return inFlight.number("count") == 0
        ? "nothing"
        : inFlight.number("count")
            + " blobs and manifests, "
            + Quantity.bytes(inFlight.number("receivedBytes"))
            + " of "
            + Quantity.bytes(inFlight.number("sizeBytes"))
            + ", "
            + Quantity.bytes(inFlight.number("bytesPerSecond"))
            + "/s, "
            + inFlight.number("fromPeers")
            + " from peers, "
            + inFlight.number("fromUpstream")
            + " from upstream";
  }

  private static String fare(Json registry) {
    return "failing for "
        + registry.number("failing")
        + ", limited for "
        + registry.number("limited")
        + ", well for "
        + registry.number("well")
        + ": "
        + FindingsText.examples(registry);
  }

  private static String ratio(Json figures) {
    long hits = figures.number("hits");
    long all = hits + figures.number("misses");
    return all == 0 ? "-" : String.format(Locale.ROOT, "%.0f %%", 100.0 * hits / all);
  }

  private static void row(Json node, Table nodes) {
    String zone = node.text("zone").isEmpty() ? "-" : node.text("zone");
    String state = node.text("state").replace('_', ' ');
    if (!node.text("word").equals("answered")) {
      nodes.row(node.text("node"), zone, state, silence(node.text("word")));
      return;
    }
    nodes.row(
        node.text("node"),
        zone,
        state,
        node.text("verdict"),
        ratio(node.at("lastHour")),
        Quantity.bytes(node.at("lastHour").number("savedBytes")),
        Quantity.bytes(node.number("storeBytes"))
            + " of "
            + Quantity.bytes(node.number("storeLimitBytes")),
        Long.toString(node.number("transfers")),
        node.text("agent").isEmpty() ? "-" : node.text("agent"));
  }

  private static String silence(String word) {
    return switch (word) {
      case "older" -> "is of an older version";
      case "skipped" -> "was not asked in time";
      default -> "did not answer";
    };
  }
}
