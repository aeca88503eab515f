package dev.tarn.agent.hosts;

import java.util.ArrayList;
import java.util.List;
import org.tomlj.Toml;

/**
 * One statement of a TOML text that is known to be well-formed: a comment on lines of its own, a
 * key with its value, or the header of a table.
 *
 * @param start where its first line begins
 * @param end where the line after its last one begins
 * @param key the parts of its key; none for a comment
 */
record Expression(Kind kind, int start, int end, List<String> key) {
  enum Kind {
    COMMENT,
    PAIR,
    TABLE,
    ARRAY_OF_TABLES
  }

  boolean isHeader() {
    return kind == Kind.TABLE || kind == Kind.ARRAY_OF_TABLES;
  }

  /** The statements of {@code text}, in its order. */
  static List<Expression> of(String text) {
    return new Scanner(text).scan();
  }

  private static final class Scanner {
    private final String text;
    private final List<Expression> found = new ArrayList<>();
    private int at;

    Scanner(String text) {
      this.text = text;
    }

    List<Expression> scan() {
      while (at < text.length()) {
        int start = at;
        skipBlanks();
        if (at == text.length() || peek() == '\n' || peek() == '\r') {
          skipLine();
        } else if (peek() == '#') {
          skipLine();
          found.add(new Expression(Kind.COMMENT, start, at, List.of()));
        } else if (peek() == '[') {
          header(start);
        } else {
          pair(start);
        }
      }
      return found;
    }

    private void header(int start) {
      boolean array = text.startsWith("[[", at);
      at += array ? 2 : 1;
      int from = at;
      skipKey(']');
      List<String> key = Toml.parseDottedKey(text.substring(from, at).strip());
      skipLine();
      found.add(new Expression(array ? Kind.ARRAY_OF_TABLES : Kind.TABLE, start, at, key));
    }

    private void pair(int start) {
      int from = at;
      skipKey('=');
      List<String> key = Toml.parseDottedKey(text.substring(from, at).strip());
      skipValue();
      skipLine();
      found.add(new Expression(Kind.PAIR, start, at, key));
    }

    private void skipKey(char end) {
      while (at < text.length() && peek() != end) {
        if (peek() == '"' || peek() == '\'') {
          skipString();
        } else {
          at++;
        }
      }
    }

    private void skipValue() {
      int depth = 0;
      while (at < text.length()) {
        char next = peek();
        switch (next) {
          case '"', '\'' -> {
            skipString();
            continue;
          }
          case '#' -> {
            toLineEnd();
            continue;
          }
          case '[', '{' -> depth++;
          case ']', '}' -> depth--;
          case '\n' -> {
            if (depth <= 0) {
              return;
            }
          }
          default -> {}
        }
        at++;
      }
    }

    private void skipString() {
      char quote = peek();
      boolean escapes = quote == '"';
      String triple = String.valueOf(quote).repeat(3);
      boolean lines = text.startsWith(triple, at);
      at += lines ? 3 : 1;
      while (at < text.length()) {
        if (escapes && peek() == '\\') {
          at += 2;
        } else if (lines && text.startsWith(triple, at)) {
          at += 3;
          while (at < text.length() && peek() == quote) {
            at++;
          }
          return;
        } else if (!lines && peek() == quote) {
          at++;
          return;
        } else {
          at++;
        }
      }
      at = text.length();
    }

    private void skipBlanks() {
      while (at < text.length() && (peek() == ' ' || peek() == '\t')) {
        at++;
      }
    }

    private void toLineEnd() {
      int newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length() : newline;
    }

    private void skipLine() {
      toLineEnd();
      at = Math.min(text.length(), at + 1);
    }

    private char peek() {
      return text.charAt(at);
    }
  }
}
