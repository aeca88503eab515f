package dev.tarn.server.logging;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last net under everything that is logged: credentials and signed queries are taken out of a
 * text. Nobody should log them in the first place; this is for those who did not know, such as an
 * exception's message. Text without any of the words that it looks for passes unchanged and
 * uncopied.
 */
final class Redaction {
  private static final String GONE = "…";
  private static final Pattern CREDENTIAL =
      Pattern.compile("\\b(Bearer|Basic) +[A-Za-z0-9+/=._~-]{12,}", Pattern.CASE_INSENSITIVE);
  private static final Pattern JSON_WEB_TOKEN =
      Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)*");
  private static final Pattern USER = Pattern.compile("://[^/@\\s\"']+@");
  private static final Pattern PARAMETER = Pattern.compile("([?&])([^=&\\s\"']+)=[^&\\s\"']*");

  /** Keys of queries that are part of the registry protocol and secret to nobody. */
  private static final Set<String> HARMLESS =
      Set.of("n", "last", "artifactType", "scope", "service", "ns");

  private Redaction() {}

  static String clean(String text) {
    String clean = text;
    if (containsIgnoringCase(clean, "bearer ") || containsIgnoringCase(clean, "basic ")) {
      clean = CREDENTIAL.matcher(clean).replaceAll("$1 " + GONE);
    }
    if (clean.contains("eyJ")) {
      clean = JSON_WEB_TOKEN.matcher(clean).replaceAll(GONE);
    }
    if (clean.contains("://") && clean.indexOf('@') >= 0) {
      clean = USER.matcher(clean).replaceAll("://" + GONE + "@");
    }
    if (clean.indexOf('?') >= 0 && clean.indexOf('=') >= 0) {
      clean = PARAMETER.matcher(clean).replaceAll(Redaction::parameter);
    }
    return clean;
  }

  private static String parameter(MatchResult found) {
    String shown =
        HARMLESS.contains(found.group(2))
            ? found.group()
            : found.group(1) + found.group(2) + "=" + GONE;
    return Matcher.quoteReplacement(shown);
  }

  private static boolean containsIgnoringCase(String text, String lowerCase) {
    int last = text.length() - lowerCase.length();
    for (int i = 0; i <= last; i++) {
      if (text.regionMatches(true, i, lowerCase, 0, lowerCase.length())) {
        return true;
      }
    }
    return false;
  }
}
