package dev.tarn.agent.hosts;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Puts our block into what others have in a file: before the first table, and above the comment
 * that stands right over that, so that containerd asks us first. Root keys stay before it, since
 * TOML allows none after a table.
 *
 * <p>What containerd's versions read differently is not touched: hosts in inline tables or dotted
 * keys are asked before all others by 1.x and ignored by 2.x; names of keys in other letters count
 * for 2.x only, names of hosts with escapes for 2.x only.
 */
final class Insertion {
  private static final Set<String> KEYS =
      Set.of(
          "server",
          "host",
          "capabilities",
          "ca",
          "client",
          "skip_verify",
          "header",
          "override_path",
          "dial_timeout");

  private Insertion() {}

  static Put into(byte[] rest, Entry entry, Origin origin) {
    Content content = Content.of(rest);
    return switch (content.parse()) {
      case Document.Unreadable(String why) -> new Put.Refused(why);
      case Document.Read(Document document) -> into(document, entry, origin);
    };
  }

  private static Put into(Document document, Entry entry, Origin origin) {
    String refusal = refusal(document, entry.mirror());
    if (!refusal.isEmpty()) {
      return new Put.Refused(refusal);
    }
    String text = document.text();
    String body = entry.body(text.isEmpty());
    int at = place(document);
    boolean lineBreak = at > 0 && text.charAt(at - 1) != '\n';
    Marker marker =
        new Marker(
            origin.sha256(),
            origin.original(),
            lineBreak,
            origin.made(),
            entry.mirror(),
            Marker.bodyDigest(body));
    String block = (lineBreak ? "\n" : "") + marker.line() + "\n" + body + Marker.END + "\n";
    String result = text.substring(0, at) + block + text.substring(at);
    if (!isSafe(result, document, entry, text.isEmpty())) {
      return new Put.Refused(
          "the agent's entry cannot be added to it without changing what else it says");
    }
    return new Put.Written(new Content(result, java.nio.charset.StandardCharsets.UTF_8).bytes());
  }

  private static String refusal(Document document, String mirror) {
    TomlTable root = document.root();
    Object host = root.get(List.of("host"));
    if (host != null && !(host instanceof TomlTable)) {
      return "\"host\" in it is not a table";
    }
    Set<String> byHeader = new HashSet<>(document.hostsByHeader());
    if (!byHeader.equals(document.hosts())) {
      return "it names hosts in inline tables or dotted keys, which containerd 1.x asks before all"
          + " others and containerd 2.x ignores: write each as [host.\"URL\"]";
    }
    for (Expression expression : document.expressions()) {
      if (expression.isHeader() && header(document, expression).indexOf('\\') >= 0) {
        return "a table's name in it is written with an escape, which containerd's versions read"
            + " differently: "
            + header(document, expression).strip();
      }
    }
    if (byHeader.contains(mirror)) {
      return byHand(mirror);
    }
    return otherLetters(document);
  }

  static String byHand(String mirror) {
    return "it names the mirror "
        + mirror
        + " already, and not by the agent's hand: remove that host, and the agent will write it";
  }

  private static String header(Document document, Expression header) {
    return document.text().substring(header.start(), header.end());
  }

  private static String otherLetters(Document document) {
    String found = otherLetters(document.root());
    for (String host : document.hosts()) {
      TomlTable hosts = Document.table(document.root(), "host");
      TomlTable table = hosts == null ? null : Document.table(hosts, host);
      if (table == null) {
        return "host \"" + host + "\" in it is not a table";
      }
      found = found.isEmpty() ? otherLetters(table) : found;
    }
    return found;
  }

  private static String otherLetters(TomlTable table) {
    for (String key : table.keySet()) {
      String lower = key.toLowerCase(Locale.ROOT);
      if (!key.equals(lower) && KEYS.contains(lower)) {
        return "it writes \"" + key + "\" for \"" + lower + "\", which only some versions of"
            + " containerd understand";
      }
    }
    return "";
  }

  /** Where the block goes: a line's beginning, or the text's end. */
  private static int place(Document document) {
    int header = document.firstHeader();
    if (header == document.text().length()) {
      return header;
    }
    int above = header;
    List<Expression> all = document.expressions();
    for (int i = all.size() - 1; i >= 0; i--) {
      Expression expression = all.get(i);
      if (expression.kind() == Expression.Kind.COMMENT && expression.end() == above) {
        above = expression.start();
      }
    }
    // A comment that opens the file is about the file: some programs know theirs by it.
    return above == 0 ? header : above;
  }

  private static boolean isSafe(String result, Document before, Entry entry, boolean alone) {
    if (!(Document.parse(result) instanceof Document.Read read)) {
      return false;
    }
    List<String> hosts = read.document().hostsByHeader();
    if (hosts.isEmpty() || !hosts.getFirst().equals(entry.mirror())) {
      return false;
    }
    if (alone) {
      return true;
    }
    TomlParseResult without = (TomlParseResult) read.document().root();
    without.remove(List.of("host", entry.mirror()));
    if (Document.table(before.root(), "host") == null) {
      without.remove(List.of("host"));
    }
    return Toml.equals(without, before.root());
  }
}
