package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.core.name.RepositoryName;
import java.util.regex.Pattern;

/**
 * Repositories by a glob: {@code *} stands for any characters within one path component, {@code **}
 * also across slashes.
 */
public final class RepositoryPattern {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9._/*-]{1,255}");
  private static final Pattern STARS = Pattern.compile("\\*+");

  private final String text;
  private final Pattern regex;

  public RepositoryPattern(String text) {
    require(
        SYNTAX.matcher(text).matches(),
        "pattern",
        "expected lower-case repository names in which * stands for one component's characters and"
            + " ** for any");
    this.text = text;
    this.regex =
        Pattern.compile(
            STARS
                .matcher(text.replace(".", "\\."))
                .replaceAll(stars -> stars.group().length() == 1 ? "[^/]*" : ".*"));
  }

  public boolean matches(RepositoryName repository) {
    return regex.matcher(repository.value()).matches();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryPattern that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
