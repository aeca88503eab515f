package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a command line as a shell does, far enough to tell which programs are called with which
 * words: pipes, lists, loops, quotes, redirections, and what is substituted. It expands nothing; no
 * here-documents, no {@code case}, no backquotes.
 */
public final class Shell {
  private static final Set<String> OPENING = Set.of("for", "while", "until", "if", "{");
  private static final Set<String> CLOSING = Set.of("done", "fi", "}");
  private static final Set<String> KEYWORDS = Set.of("do", "then", "else", "elif", "!", "time");
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_]\\w*=.*", Pattern.DOTALL);
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final String BREAKS = " \t\n;&|()<>";

  private final String text;
  private final List<List<String>> commands = new ArrayList<>();
  private int at;
  private int depth;
  private boolean operatorIsLast;

  private Shell(String text) {
    this.text = text;
  }

  /** The programs that {@code text} calls, each with its words, without quotes. */
  public static List<List<String>> commands(String text) {
    Shell shell = new Shell(text);
    shell.list(false);
    if (shell.depth > 0) {
      throw unfinished("a loop or a condition");
    }
    if (shell.operatorIsLast) {
      throw unfinished("a list");
    }
    return shell.commands;
  }

  /** Whether {@code text} goes on in the next line. */
  static boolean isUnfinished(String text) {
    try {
      commands(text);
      return false;
    } catch (UnreadableShell unreadable) {
      return unreadable.isUnfinished();
    }
  }

  private static UnreadableShell unfinished(String what) {
    return new UnreadableShell(what + " that does not end", true);
  }

  private void list(boolean inParentheses) {
    List<String> words = new ArrayList<>();
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        if (inParentheses) {
          throw unfinished("a parenthesis");
        }
        add(words);
        return;
      }
      char next = text.charAt(at);
      switch (next) {
        case '#' -> skipComment();
        case '\n', ';', '&', '|' -> {
          boolean hadWords = !words.isEmpty();
          add(words);
          operator(next, hadWords);
        }
        case '(' -> {
          at++;
          list(true);
        }
        case ')' -> {
          if (!inParentheses) {
            throw new UnreadableShell("a parenthesis that nobody opened", false);
          }
          at++;
          add(words);
          return;
        }
        case '<', '>' -> redirection(words);
        default -> {
          operatorIsLast = false;
          words.add(word());
          if (isRedirected(words)) {
            words.removeLast();
          }
        }
      }
    }
  }

  private void skipBlanks() {
    while (at < text.length()) {
      if (text.charAt(at) == ' ' || text.charAt(at) == '\t') {
        at++;
      } else if (text.startsWith("\\\n", at)) {
        at += 2;
      } else if (text.startsWith("\\", at) && at + 1 == text.length()) {
        throw unfinished("a line");
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private void operator(char first, boolean hadWords) {
    at++;
    boolean isDouble = at < text.length() && text.charAt(at) == first;
    if (first != '\n' && isDouble) {
      at++;
    }
    if (first == '|' || (first == '&' && isDouble)) {
      operatorIsLast = true;
    } else if (hadWords) {
      operatorIsLast = false;
    }
  }

  /** {@code 2>} is no word 2. */
  private boolean isRedirected(List<String> words) {
    return at < text.length()
        && (text.charAt(at) == '<' || text.charAt(at) == '>')
        && DIGITS.matcher(words.getLast()).matches();
  }

  private void redirection(List<String> words) {
    char first = text.charAt(at);
    at++;
    if (at < text.length() && text.charAt(at) == '(') {
      at++;
      list(true);
      words.add("<()");
      return;
    }
    if (text.startsWith("<", at) && first == '<' && !text.startsWith("<<", at)) {
      throw new UnreadableShell("a here-document", false);
    }
    while (at < text.length() && "<>&".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    skipBlanks();
    if (word().isEmpty()) {
      throw new UnreadableShell("a redirection to nowhere", false);
    }
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '\'') {
        int end = text.indexOf('\'', at + 1);
        if (end < 0) {
          throw unfinished("a quote");
        }
        word.append(text, at + 1, end);
        at = end + 1;
      } else if (next == '"') {
        at++;
        quoted(word);
      } else if (next == '\\' && at + 1 < text.length()) {
        if (text.charAt(at + 1) != '\n') {
          word.append(text.charAt(at + 1));
        }
        at += 2;
      } else if (next == '$') {
        substitution(word);
      } else if (next == '`') {
        throw new UnreadableShell("a backquote", false);
      } else if (BREAKS.indexOf(next) >= 0) {
        break;
      } else {
        word.append(next);
        at++;
      }
    }
    return word.toString();
  }

  private void quoted(StringBuilder word) {
    while (at < text.length()) {
      char next = text.charAt(at);
      if (next == '"') {
        at++;
        return;
      }
      if (next == '\\' && at + 1 < text.length()) {
        word.append(text.charAt(at + 1));
        at += 2;
      } else if (next == '$') {
        substitution(word);
      } else {
        word.append(next);
        at++;
      }
    }
    throw unfinished("a quote");
  }

  private void substitution(StringBuilder word) {
    at++;
    if (text.startsWith("(", at)) {
      at++;
      list(true);
      word.append("$()");
    } else if (text.startsWith("{", at)) {
      int end = text.indexOf('}', at);
      if (end < 0) {
        throw unfinished("a variable");
      }
      word.append('$').append(text, at, end + 1);
      at = end + 1;
    } else {
      word.append('$');
    }
  }

  private void add(List<String> words) {
    List<String> command = new ArrayList<>(words);
    words.clear();
    while (!command.isEmpty()) {
      String first = command.getFirst();
      if (OPENING.contains(first)) {
        depth++;
      } else if (CLOSING.contains(first)) {
        depth--;
      } else if (!KEYWORDS.contains(first) && !ASSIGNMENT.matcher(first).matches()) {
        commands.add(List.copyOf(command));
        return;
      }
      if (first.equals("for")) {
        return; // What follows are its variable and values.
      }
      command.removeFirst();
    }
  }
}
