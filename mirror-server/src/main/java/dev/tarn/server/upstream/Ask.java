package dev.tarn.server.upstream;

import dev.tarn.core.name.RepositoryName;
import io.netty.handler.codec.http.HttpMethod;

/**
 * What is asked of a registry, whichever of its origins answers.
 *
 * @param path what follows the repository's name and a slash
 * @param accept may be empty
 * @param offset where a blob is to begin
 */
record Ask(
    HttpMethod method,
    RepositoryName repository,
    Kind kind,
    String path,
    String accept,
    long offset) {

  /** What kind of content; only a blob may be of any type. */
  enum Kind {
    MANIFEST,
    BLOB,
    LISTING
  }

  boolean isHead() {
    return method.equals(HttpMethod.HEAD);
  }
}
