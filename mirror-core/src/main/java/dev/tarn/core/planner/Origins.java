package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import java.util.HashMap;
import java.util.Map;

/** Who fetched which chunk of a blob upstream, and answers for it. The planner's thread. */
final class Origins {
  private final BlobKey key;
  private final Kernel kernel;
  private final Map<Integer, String> fetchers = new HashMap<>();

  Origins(BlobKey key, Kernel kernel) {
    this.key = key;
    this.kernel = kernel;
  }

  void note(int chunk, String fetcher) {
    fetchers.put(chunk, fetcher);
  }

  /** Fetched again upstream, the chunk is not what it was. */
  void blame(int chunk) {
    String fetcher = fetchers.get(chunk);
    if (fetcher != null && !fetcher.equals(kernel.self())) {
      kernel.shun(fetcher);
      kernel.emit(new Action.Blame(fetcher, key, chunk));
    }
  }
}
