package dev.tarn.server;

import dev.tarn.core.access.Decisions;
import dev.tarn.core.digest.Digest;
import dev.tarn.core.proof.Deliveries;
import dev.tarn.core.proof.DiskProofStore;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Predicate;

/** What a node remembers of what registries said, that is of no use for ever. */
record Records(DiskProofStore proofs, Deliveries deliveries, Decisions decisions) {

  /** Drops what is older than {@code old} and not about content that is {@code held}; blocks. */
  void sweep(Predicate<Digest> held, Instant old) throws IOException {
    proofs.sweep(held, old);
    deliveries.sweep(held, old);
    decisions.sweep(old);
  }
}
