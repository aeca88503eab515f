package dev.tarn.server.status;

import dev.tarn.server.status.RepositoryUses.Repository;
import dev.tarn.server.status.RepositoryUses.Used;
import java.time.Instant;
import java.util.List;

/**
 * What a node holds of a repository.
 *
 * @param tags those that are known, the last checked first
 * @param blobs of it that are on this node, manifests included
 * @param bytes of these
 */
public record ImageFacts(
    Repository repository, List<TagFact> tags, long blobs, long bytes, Used used) {
  public ImageFacts {
    tags = List.copyOf(tags);
  }

  /**
   * A tag.
   *
   * @param checked when upstream last said so
   */
  public record TagFact(String tag, String digest, Instant checked) {}
}
