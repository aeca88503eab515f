package dev.tarn.agent.logging;

/** Takes what stands before the host of a URL out of a text: it may be a password. */
final class Redaction {
  private Redaction() {}

  static String clean(String text) {
    int at = text.indexOf("://");
    if (at < 0 || text.indexOf('@', at) < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder();
    int from = 0;
    while (at >= 0) {
      int start = at + 3;
      int end = start;
      int user = -1;
      while (end < text.length() && "/ \t\n\"'".indexOf(text.charAt(end)) < 0) {
        user = text.charAt(end) == '@' ? end : user;
        end++;
      }
      clean.append(text, from, start);
      if (user >= 0) {
        clean.append('…');
      }
      from = user >= 0 ? user : start;
      at = text.indexOf("://", end);
    }
    return clean.append(text, from, text.length()).toString();
  }
}
