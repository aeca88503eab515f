package dev.tarn.server.upstream;

import dev.tarn.core.name.RepositoryName;
import java.time.Duration;
import java.util.Optional;

/** Where the configured credentials of one registry come from. Thread-safe. */
@FunctionalInterface
public interface CredentialSource {
  CredentialSource NONE = (origin, repository, patience) -> Optional.empty();

  /**
   * What to show {@code origin} for {@code repository}; what is found for one origin is shown to no
   * other. Blocks the virtual thread that asks, for at most {@code patience}; whatever goes wrong,
   * there is none.
   */
  Optional<Credential> find(Origin origin, RepositoryName repository, Duration patience);
}
