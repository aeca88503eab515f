package dev.tarn.core.proof;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which objects each registry delivered, or said it has, under each repository; kept across
 * restarts. Thread-safe; reading may run on an event loop.
 *
 * <p>Without a proof an object that is on disk is not served under that repository: anybody can
 * write a manifest that names any digest.
 */
public interface ProofStore {

  /** The proof for this object, or null where there is none. */
  @Nullable Proof find(RegistryHost registry, RepositoryName repository, Digest digest);

  /** Notes a proof. One that was anonymous stays so. */
  void record(RegistryHost registry, RepositoryName repository, Digest digest, Proof proof)
      throws IOException;
}
