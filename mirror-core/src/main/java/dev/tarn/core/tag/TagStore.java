package dev.tarn.core.tag;

import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The last known meaning of each tag, kept across restarts. Thread-safe; reading may run on an
 * event loop.
 */
public interface TagStore {

  /** What the tag was last known to name, or null where nothing is known. */
  @Nullable TagRecord find(RegistryHost registry, RepositoryName repository, Tag tag);

  /** Notes what upstream says the tag names now. */
  void record(RegistryHost registry, RepositoryName repository, Tag tag, TagRecord record)
      throws IOException;

  /** The tags of the repository of which something is known. May block for a directory's size. */
  Collection<Tag> tags(RegistryHost registry, RepositoryName repository) throws IOException;

  /** Forgets the tag: upstream says it is gone, or it is to be asked for anew. */
  void forget(RegistryHost registry, RepositoryName repository, Tag tag) throws IOException;
}
