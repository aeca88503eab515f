package dev.tarn.agent.hosts;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/** A {@code hosts.toml} that was read: what it says, and where in the text it says it. */
record Document(String text, TomlTable root, List<Expression> expressions) {
  private static final int MAX_NESTING = 32;
  private static final TomlParseOptions OPTIONS =
      TomlParseOptions.sourceless()
          .withVersion(TomlVersion.V1_0_0)
          .withMaxNestingDepth(MAX_NESTING);

  /** What reading {@code text} gives. */
  sealed interface Reading {}

  record Read(Document document) implements Reading {}

  /** It is no TOML; {@code why} is for a person. */
  record Unreadable(String why) implements Reading {}

  static Reading parse(String text) {
    if (text.startsWith("\ufeff")) {
      return new Unreadable(
          "it begins with a byte order mark, for which containerd 2 refuses to read it");
    }
    if (loneCarriageReturn(text)) {
      return new Unreadable("it contains a carriage return without a line feed");
    }
    try {
      TomlParseResult result = Toml.parse(text, OPTIONS);
      if (result.hasErrors()) {
        return new Unreadable("it is not valid TOML: " + result.errors().getFirst());
      }
      return new Read(new Document(text, result, Expression.of(text)));
    } catch (RuntimeException | StackOverflowError e) {
      return new Unreadable("it is not valid TOML: " + e);
    }
  }

  /** The document, where {@code text} is one. */
  static Optional<Document> of(String text) {
    return parse(text) instanceof Read read ? Optional.of(read.document()) : Optional.empty();
  }

  /** The hosts that have a header of their own, in containerd's order. */
  List<String> hostsByHeader() {
    Set<String> hosts = new LinkedHashSet<>();
    for (Expression expression : expressions) {
      if (isHostHeader(expression)) {
        hosts.add(expression.key().get(1));
      }
    }
    return new ArrayList<>(hosts);
  }

  static boolean isHostHeader(Expression expression) {
    return expression.kind() == Expression.Kind.TABLE
        && expression.key().size() >= 2
        && expression.key().getFirst().equals("host");
  }

  /** All hosts, however they are written down. */
  Set<String> hosts() {
    TomlTable hosts = table(root, "host");
    return hosts == null ? Set.of() : hosts.keySet();
  }

  static @Nullable TomlTable table(TomlTable parent, String key) {
    return parent.get(List.of(key)) instanceof TomlTable table ? table : null;
  }

  /** Where the first header's line begins, or the end of the text. */
  int firstHeader() {
    for (Expression expression : expressions) {
      if (expression.isHeader()) {
        return expression.start();
      }
    }
    return text.length();
  }

  private static boolean loneCarriageReturn(String text) {
    for (int at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
      if (at + 1 == text.length() || text.charAt(at + 1) != '\n') {
        return true;
      }
    }
    return false;
  }
}
