package dev.tarn.server.config;

import static dev.tarn.server.config.InvalidConfigurationException.require;

import dev.tarn.core.name.Glob;
import dev.tarn.core.name.RepositoryName;
import java.util.regex.Pattern;

/**
 * Repositories by a glob: {@code *} stands for any characters within one path component, {@code **}
 * also across slashes.
 */
public final class RepositoryPattern {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9._/*-]{1,255}");

  private final Glob glob;

  public RepositoryPattern(String text) {
    require(
        SYNTAX.matcher(text).matches(),
        "pattern",
        "expected lower-case repository names in which * stands for one component's characters and"
            + " ** for any");
    this.glob = new Glob(text);
  }

  /** Allocates nothing: it is asked for each request. */
  public boolean matches(RepositoryName repository) {
    return glob.matches(repository.value());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryPattern that && glob.equals(that.glob);
  }

  @Override
  public int hashCode() {
    return glob.hashCode();
  }

  @Override
  public String toString() {
    return glob.text();
  }
}
