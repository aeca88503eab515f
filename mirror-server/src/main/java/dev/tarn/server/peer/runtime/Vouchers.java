package dev.tarn.server.peer.runtime;

import dev.tarn.core.name.BlobKey;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.proof.Voucher;
import org.jspecify.annotations.Nullable;

/**
 * What nodes tell each other, beside the bytes, about where a registry has them and who may read
 * them there. Thread-safe; nothing here blocks.
 */
public interface Vouchers {
  /** Says nothing and listens to nobody. */
  Vouchers NONE =
      new Vouchers() {
        @Override
        public @Nullable RepositoryName wantedIn(BlobKey key) {
          return null;
        }

        @Override
        public @Nullable Voucher voucher(BlobKey key, RepositoryName repository) {
          return null;
        }

        @Override
        public void heard(BlobKey key, RepositoryName repository, Voucher voucher) {}
      };

  /** The repository under which a client of this node wants the blob, or null. */
  @Nullable RepositoryName wantedIn(BlobKey key);

  /** What this node can say of the blob there, or null. */
  @Nullable Voucher voucher(BlobKey key, RepositoryName repository);

  /** A member said so of a blob that it gives this node. */
  void heard(BlobKey key, RepositoryName repository, Voucher voucher);
}
