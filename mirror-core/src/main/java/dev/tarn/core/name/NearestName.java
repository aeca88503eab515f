package dev.tarn.core.name;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that someone who misspelt it most likely meant. */
public final class NearestName {
  private NearestName() {}

  /** The known name with the fewest edits from {@code name}, where those are few enough. */
  public static Optional<String> of(String name, Collection<String> known) {
    int fewest = Math.max(2, name.length() / 3) + 1;
    String nearest = null;
    for (String candidate : known) {
      int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** How many characters must be put in, taken out or changed (Levenshtein). */
  private static int edits(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], previous[j]) + 1, previous[j - 1] + change);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
