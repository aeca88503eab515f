package dev.tarn.core.name;

import java.util.Optional;
import java.util.regex.Pattern;

/** A tag of a repository: a name that can move from one manifest to another at any time. */
public record Tag(String value) implements Reference {
  private static final Pattern SYNTAX = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  public Tag {
    if (!SYNTAX.matcher(value).matches()) {
      throw new IllegalArgumentException("not a tag");
    }
  }

  /** The tag that {@code text} spells, or empty where the syntax does not allow it. */
  public static Optional<Tag> parse(String text) {
    return SYNTAX.matcher(text).matches() ? Optional.of(new Tag(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
