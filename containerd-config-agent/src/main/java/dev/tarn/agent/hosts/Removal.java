package dev.tarn.agent.hosts;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/**
 * Takes our part out of a text, however much of it is left. A block that nobody edited goes in one
 * piece, whether the rest can be read or not. Of one that somebody did edit go the markers, the
 * lines that are as we wrote them, and our host's table. Where another program has written the file
 * again without comments, our host's table is known by its URL; but only where a note says that we
 * were here: else an operator wrote it by hand.
 */
final class Removal {
  private final Entry entry;
  private final Optional<Note> note;
  private Content content;
  private boolean ours;
  private @Nullable Marker marker;

  Removal(byte[] bytes, Entry entry, Optional<Note> note) {
    this.entry = entry;
    this.note = note;
    this.content = Content.of(bytes);
  }

  Taken take() {
    cutWholeBlocks();
    cutTruncatedBlock();
    if (hasMarkers()) {
      if (!(content.parse() instanceof Document.Read read)) {
        return new Taken.Stuck(
            "somebody edited the agent's lines in it, and it is not valid TOML any more:"
                + " remove the lines between \""
                + Marker.BEGIN
                + "\" and \""
                + Marker.END
                + "\" by hand");
      }
      cutEditedBlocks(read.document());
    }
    return cutTables();
  }

  private Taken cutTables() {
    boolean known = ours || note.isPresent();
    if (!(content.parse() instanceof Document.Read read)) {
      return known && content.text().contains('"' + entry.mirror() + '"')
          ? new Taken.Stuck(
              "it is not valid TOML any more, and names the mirror "
                  + entry.mirror()
                  + ", which the agent had put there: remove that by hand")
          : rest(false);
    }
    if (!namesMirror(read.document())) {
      return rest(false);
    }
    if (!known) {
      return rest(true);
    }
    cut(tables(read.document()));
    ours = true;
    if (!(content.parse() instanceof Document.Read left) || namesMirror(left.document())) {
      return new Taken.Stuck(
          "another program has written the agent's entry for "
              + entry.mirror()
              + " in a form that cannot be taken out safely: remove it by hand");
    }
    if (!hadOriginal() && onlyOurRootKeys(left.document())) {
      content = content.with("");
    }
    return rest(false);
  }

  private Taken rest(boolean byHand) {
    return new Taken.Rest(content.bytes(), ours, byHand, Optional.ofNullable(marker));
  }

  private void cutWholeBlocks() {
    int begin = line(Marker.BEGIN, 0);
    while (begin >= 0) {
      String text = content.text();
      int body = after(text, begin);
      int end = line(Marker.END, body);
      int next = line(Marker.BEGIN, body);
      Optional<Marker> found = Marker.parse(text.substring(begin, body));
      boolean whole = found.isPresent() && end >= 0 && (next < 0 || end < next);
      if (whole && found.get().body().equals(Marker.bodyDigest(text.substring(body, end)))) {
        cut(begin, after(text, end), found.get());
        begin = line(Marker.BEGIN, Math.min(begin, content.text().length()));
      } else {
        begin = next;
      }
    }
  }

  /** A block that the file's end cuts off. */
  private void cutTruncatedBlock() {
    String text = content.text();
    int begin = -1;
    for (int at = line(Marker.BEGIN, 0); at >= 0; at = line(Marker.BEGIN, at + 1)) {
      begin = at;
    }
    if (begin < 0) {
      cutTruncatedMarker();
      return;
    }
    String tail = text.substring(begin);
    Optional<Marker> found = Marker.parse(tail.substring(0, after(tail, 0)));
    if (found.isEmpty()) {
      if (tail.indexOf('\n') < 0) {
        cut(begin, text.length(), null);
      }
      return;
    }
    Entry written = new Entry(entry.target(), found.get().mirror(), entry.certificates());
    for (boolean alone : new boolean[] {true, false}) {
      String block = found.get().line() + "\n" + written.body(alone) + Marker.END + "\n";
      if (block.startsWith(tail)) {
        cut(begin, text.length(), found.get());
        return;
      }
    }
  }

  /** A last line that is the beginning of a first marker, and no more. */
  private void cutTruncatedMarker() {
    String text = content.text();
    int last = text.lastIndexOf('\n') + 1;
    if (Marker.isBegin(text.substring(last))) {
      cut(last, text.length(), null);
    }
  }

  private void cut(int begin, int end, @Nullable Marker found) {
    String text = content.text();
    int from = begin;
    boolean added = found != null && found.lineBreak() && end == text.length() && begin > 0;
    if (added && text.charAt(begin - 1) == '\n') {
      boolean rewritten = text.endsWith("\r\n") && text.startsWith("\r\n", begin - 2);
      from = rewritten ? begin - 2 : begin - 1;
    }
    content = content.with(text.substring(0, from) + text.substring(end));
    remember(found);
  }

  private void remember(@Nullable Marker found) {
    ours = true;
    if (marker == null) {
      marker = found;
    }
  }

  private void cutEditedBlocks(Document document) {
    boolean[] cut = new boolean[document.expressions().size()];
    boolean inside = false;
    for (int i = 0; i < cut.length; i++) {
      Expression expression = document.expressions().get(i);
      String line = document.text().substring(expression.start(), expression.end()).strip();
      switch (expression.kind()) {
        case COMMENT -> {
          if (Marker.isBegin(line) || Marker.isEnd(line)) {
            inside = Marker.isBegin(line);
            cut[i] = true;
            remember(Marker.parse(line).orElse(null));
          }
        }
        case PAIR -> cut[i] = inside && isOurRootLine(line);
        case TABLE, ARRAY_OF_TABLES -> inside = false;
      }
    }
    cut(cut, document);
  }

  private boolean isOurRootLine(String line) {
    return entry.serverLine().filter(line::equals).isPresent()
        || entry.certificatesLine().filter(line::equals).isPresent();
  }

  /** Which statements belong to our host's tables. */
  private boolean[] tables(Document document) {
    List<Expression> all = document.expressions();
    Set<String> urls = urls();
    boolean[] cut = new boolean[all.size()];
    boolean inside = false;
    for (int i = 0; i < cut.length; i++) {
      Expression expression = all.get(i);
      if (expression.isHeader()) {
        inside =
            Document.isHostHeader(expression) && urls.contains(expression.key().get(1));
      }
      cut[i] = inside && expression.kind() != Expression.Kind.COMMENT;
    }
    return cut;
  }

  private void cut(boolean[] which) {
    if (content.parse() instanceof Document.Read read) {
      cut(which, read.document());
    }
  }

  private void cut(boolean[] which, Document document) {
    StringBuilder left = new StringBuilder();
    int from = 0;
    for (int i = 0; i < which.length; i++) {
      if (which[i]) {
        Expression expression = document.expressions().get(i);
        left.append(document.text(), from, expression.start());
        from = expression.end();
      }
    }
    left.append(document.text(), from, document.text().length());
    content = content.with(left.toString());
  }

  private boolean namesMirror(Document document) {
    Set<String> hosts = document.hosts();
    return urls().stream().anyMatch(hosts::contains);
  }

  private Set<String> urls() {
    Set<String> urls = new LinkedHashSet<>();
    urls.add(entry.mirror());
    if (marker != null) {
      urls.add(marker.mirror());
    }
    note.ifPresent(known -> urls.add(known.mirror()));
    return urls;
  }

  private boolean hadOriginal() {
    return note.map(known -> known.original().isPresent())
        .orElse(marker != null && marker.original());
  }

  /** Nothing is left but what we write into a file that is ours alone. */
  private boolean onlyOurRootKeys(Document document) {
    boolean comments =
        document.expressions().stream().anyMatch(e -> e.kind() == Expression.Kind.COMMENT);
    if (comments || !document.hosts().isEmpty()) {
      return false;
    }
    for (String key : document.root().keySet()) {
      Object value = document.root().get(List.of(key));
      boolean expected =
          switch (key) {
            case "host" -> true;
            case "server" ->
                entry.serverLine().filter(("server = \"" + value + "\"")::equals).isPresent();
            case "ca" ->
                value instanceof TomlArray names && names.toList().equals(entry.certificates());
            default -> false;
          };
      if (!expected) {
        return false;
      }
    }
    return true;
  }

  private boolean hasMarkers() {
    return Marker.mayBeIn(content.text())
        && content.text().lines().map(String::strip).anyMatch(Removal::isMarker);
  }

  private static boolean isMarker(String line) {
    return Marker.isBegin(line) || Marker.isEnd(line);
  }

  /** Where a line begins with {@code prefix}, from {@code from} on; -1 where none does. */
  private int line(String prefix, int from) {
    String text = content.text();
    int at = text.indexOf(prefix, from);
    while (at > 0 && text.charAt(at - 1) != '\n') {
      at = text.indexOf(prefix, at + 1);
    }
    return at;
  }

  private static int after(String text, int at) {
    int newline = text.indexOf('\n', at);
    return newline < 0 ? text.length() : newline + 1;
  }
}
