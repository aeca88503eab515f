package dev.tarn.agent.containerd;

import java.util.Comparator;
import java.util.Optional;

/** A release of containerd, as far as what it does with its configuration depends on it. */
public record ContainerdVersion(int major, int minor, int patch)
    implements Comparable<ContainerdVersion> {
  private static final Comparator<ContainerdVersion> ORDER =
      Comparator.comparingInt(ContainerdVersion::major)
          .thenComparingInt(ContainerdVersion::minor)
          .thenComparingInt(ContainerdVersion::patch);

  private static final String AGENT = "containerd/";

  /**
   * The first version in a text: {@code 2.1.4}, {@code v1.7.29-k3s1}, or what {@code containerd
   * --version} prints.
   */
  public static Optional<ContainerdVersion> parse(String text) {
    int from = 0;
    while (from < text.length()) {
      int to = from;
      while (to < text.length() && text.charAt(to) != ' ' && text.charAt(to) != '/') {
        to++;
      }
      Optional<ContainerdVersion> version = parseWord(text.substring(from, to));
      if (version.isPresent()) {
        return version;
      }
      from = to + 1;
    }
    return Optional.empty();
  }

  /** The version in {@code containerd/v2.1.4}; none in another program's User-Agent. */
  public static Optional<ContainerdVersion> ofUserAgent(String userAgent) {
    return userAgent.startsWith(AGENT)
        ? parse(userAgent.substring(AGENT.length()))
        : Optional.empty();
  }

  private static Optional<ContainerdVersion> parseWord(String word) {
    int[] numbers = new int[3];
    int at = word.startsWith("v") ? 1 : 0;
    int found = 0;
    while (found < 3) {
      int start = at;
      while (at < word.length() && isDigit(word.charAt(at))) {
        at++;
      }
      if (at == start || at - start > 6) {
        break;
      }
      numbers[found++] = Integer.parseInt(word, start, at, 10);
      if (at == word.length() || word.charAt(at) != '.') {
        break;
      }
      at++;
    }
    return found < 2
        ? Optional.empty()
        : Optional.of(new ContainerdVersion(numbers[0], numbers[1], numbers[2]));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  boolean atLeast(int otherMajor, int otherMinor) {
    return atLeast(otherMajor, otherMinor, 0);
  }

  boolean atLeast(int otherMajor, int otherMinor, int otherPatch) {
    return compareTo(new ContainerdVersion(otherMajor, otherMinor, otherPatch)) >= 0;
  }

  /** The release line, such as {@code 2.1}. */
  String line() {
    return major + "." + minor;
  }

  @Override
  public int compareTo(ContainerdVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
