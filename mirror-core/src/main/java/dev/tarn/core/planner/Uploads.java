package dev.tarn.core.planner;

import dev.tarn.core.name.BlobKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this node gives to others now. The planner's thread. */
final class Uploads {
  private record Upload(BlobKey key, int chunk, boolean whole) {}

  private final Kernel kernel;
  private final Pace pace;
  private final Map<Long, Upload> running = new LinkedHashMap<>();

  Uploads(Kernel kernel, Pace pace) {
    this.kernel = kernel;
    this.pace = pace;
  }

  int count() {
    return running.size();
  }

  boolean busy() {
    return running.size() >= pace.uploads(kernel.now());
  }

  void start(long token, BlobKey key, int chunk, boolean whole) {
    running.put(token, new Upload(key, chunk, whole));
    kernel.emit(new Action.Serve(token));
  }

  void refuse(long token, Event.FetchFailure reason) {
    kernel.emit(new Action.Refuse(token, reason));
  }

  void ended(long token) {
    running.remove(token);
  }

  /** Breaks off what is served of a chunk that turned out not to be what it should. */
  void cut(BlobKey key, int chunk) {
    List<Long> tokens = new ArrayList<>();
    running.forEach(
        (token, upload) -> {
          if (!upload.whole && upload.key.equals(key) && upload.chunk == chunk) {
            tokens.add(token);
          }
        });
    for (long token : tokens) {
      running.remove(token);
      kernel.emit(new Action.CutServe(token));
    }
  }
}
