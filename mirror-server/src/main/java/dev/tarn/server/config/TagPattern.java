package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.core.name.Glob;
import dev.tarn.core.name.Tag;
import java.util.regex.Pattern;

/** Tags by a glob: {@code *} stands for any characters, or none. */
public record TagPattern(Glob glob) {
  private static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_.*-]{1,128}");

  public TagPattern {
    require(
        SYNTAX.matcher(glob.text()).matches(),
        "immutableTags",
        "expected a tag in which * stands for any characters");
  }

  /** The pattern that {@code text} writes. */
  public static TagPattern of(String text) {
    return new TagPattern(new Glob(text));
  }

  /** Allocates nothing: it is asked for each request. */
  public boolean matches(Tag tag) {
    return glob.matches(tag.value());
  }

  @Override
  public String toString() {
    return glob.text();
  }
}
