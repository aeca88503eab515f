package dev.tarn.core.name;

import java.util.Optional;

/**
 * The name of a repository within a registry, such as {@code library/alpine}.
 *
 * <p>Syntax and length are the distribution specification's: slash-separated components of lower
 * case letters and digits, separated by one {@code .}, one or two {@code _}, or any number of
 * {@code -}. No component can be {@code ..}, so a name is safe as a relative path.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests">
 *     OCI distribution specification, Pulling manifests</a>
 */
public record RepositoryName(String value) implements Comparable<RepositoryName> {
  /** The limit that registries share for host and name together. */
  public static final int MAX_LENGTH = 255;

  public RepositoryName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a repository name");
    }
  }

  /** The repository that {@code text} names, or empty where it is no repository name. */
  public static Optional<RepositoryName> parse(String text) {
    return isValid(text) ? Optional.of(new RepositoryName(text)) : Optional.empty();
  }

  /**
   * Docker Hub's long form: official images live under {@code library/}. Empty where that is too
   * long for a name.
   */
  public Optional<RepositoryName> inLibrary() {
    return value.indexOf('/') < 0 ? parse("library/" + value) : Optional.of(this);
  }

  private static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_LENGTH) {
      return false;
    }
    int i = 0;
    while (i < length) {
      if (!isAlphanumeric(text.charAt(i))) {
        return false;
      }
      while (i < length && isAlphanumeric(text.charAt(i))) {
        i++;
      }
      if (i == length) {
        return true;
      }
      i = skipSeparator(text, i);
      if (i < 0 || i == length) {
        return false;
      }
    }
    return false;
  }

  /** The index after the separator or slash at {@code i}, or -1 where there is none. */
  private static int skipSeparator(String text, int i) {
    char c = text.charAt(i);
    int length = text.length();
    return switch (c) {
      case '/', '.' -> i + 1;
      case '_' -> i + 1 < length && text.charAt(i + 1) == '_' ? i + 2 : i + 1;
      case '-' -> {
        int end = i;
        while (end < length && text.charAt(end) == '-') {
          end++;
        }
        yield end;
      }
      default -> -1;
    };
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  @Override
  public int compareTo(RepositoryName other) {
    return value.compareTo(other.value);
  }

  // Written out: a record's own are linked at their first use, which start-up would wait for.
  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryName that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
