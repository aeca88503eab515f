package dev.tarn.core.name;

/**
 * A text in which {@code *} stands for any characters but {@code /}, and {@code **} for any.
 * Immutable. Matching allocates nothing, so that it can be done for each request, and cannot be
 * made to try all ways there are: no pattern makes it hang.
 */
public record Glob(String text) {
  private static final char ANY = '*';
  private static final char SEPARATOR = '/';
  private static final int NONE = -1;

  public boolean matches(String candidate) {
    int at = 0;
    int next = 0;
    int afterStar = NONE;
    int starEnd = 0;
    int afterStars = NONE;
    int starsEnd = 0;
    while (at < candidate.length()) {
      if (isStar(next)) {
        int after = skipStars(next);
        if (after - next > 1) {
          afterStars = after;
          starsEnd = at;
          afterStar = NONE;
        } else {
          afterStar = after;
          starEnd = at;
        }
        next = after;
      } else if (next < text.length() && text.charAt(next) == candidate.charAt(at)) {
        next++;
        at++;
      } else if (afterStar != NONE && candidate.charAt(starEnd) != SEPARATOR) {
        // The last star takes one character more. What those before it took need not change: all
        // that they could take instead, this one can take too.
        next = afterStar;
        at = ++starEnd;
      } else if (afterStars != NONE) {
        next = afterStars;
        at = ++starsEnd;
        afterStar = NONE;
      } else {
        return false;
      }
    }
    return skipStars(next) == text.length();
  }

  private boolean isStar(int index) {
    return index < text.length() && text.charAt(index) == ANY;
  }

  private int skipStars(int from) {
    int index = from;
    while (isStar(index)) {
      index++;
    }
    return index;
  }

  @Override
  public String toString() {
    return text;
  }
}
