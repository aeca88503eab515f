package dev.tarn.server.mirror;

import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.time.Duration;

/** For how long what upstream said of a tag is believed. Asked for each request: it is quick. */
@FunctionalInterface
public interface TagRules {
  /** For how long a tag of the repository is believed without asking upstream again. */
  Duration maxAge(RepositoryName repository);

  /** Whether the tag never moves, because the operator said so: then it is believed for ever. */
  default boolean isImmutable(RepositoryName repository, Tag tag) {
    return false;
  }
}
