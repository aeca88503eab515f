package dev.tarn.core.transfer;

import dev.tarn.core.store.BlobStore;
import java.time.Duration;

/**
 * Whether a transfer goes on that nobody reads any more.
 *
 * @param finishBelowBytes content smaller than this is finished in any case
 * @param finishFromPart so is content of which this part is here
 * @param linger how long a transfer waits for a reader to come back before it stops
 */
public record TransferPolicy(long finishBelowBytes, double finishFromPart, Duration linger) {
  public static final TransferPolicy DEFAULT =
      new TransferPolicy(64L * 1024 * 1024, 0.25, Duration.ofSeconds(3));

  boolean finishesAlone(long size, long received) {
    return size != BlobStore.UNKNOWN_SIZE
        && (size < finishBelowBytes || received > size * finishFromPart);
  }
}
