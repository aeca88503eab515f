package dev.tarn.server.upstream;

import dev.tarn.core.name.RepositoryName;
import io.netty.handler.codec.http.HttpMethod;

/**
 * What is asked of a registry, whichever of its origins answers.
 *
 * @param path what follows the repository's name and a slash
 * @param accept may be empty
 * @param part the bytes of a blob that are wanted
 */
record Ask(
    HttpMethod method,
    RepositoryName repository,
    Kind kind,
    String path,
    String accept,
    Part part) {

  /** What kind of content; only a blob may be of any type. */
  enum Kind {
    MANIFEST,
    BLOB,
    LISTING
  }

  /**
   * Bytes of a blob.
   *
   * @param end where to end, or {@link Upstream#UNTIL_THE_END}
   */
  record Part(long start, long end) {
    static final Part WHOLE = from(0);

    static Part from(long start) {
      return new Part(start, Upstream.UNTIL_THE_END);
    }

    /** As a {@code Range} header has it; empty where all is wanted. */
    String range() {
      if (start == 0 && end == Upstream.UNTIL_THE_END) {
        return "";
      }
      return "bytes=" + start + "-" + (end == Upstream.UNTIL_THE_END ? "" : end - 1);
    }

    /** Whether a part that upstream gives begins where this does, and does not go beyond. */
    boolean includes(ContentRange given) {
      return !range().isEmpty()
          && given.first() == start
          && (end == Upstream.UNTIL_THE_END || given.last() < end);
    }
  }

  /** Whether it is the rest of a blob whose beginning came: a transfer is under way. */
  boolean continues() {
    return part.start() > 0;
  }

  boolean isHead() {
    return method.equals(HttpMethod.HEAD);
  }
}
