package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What is told of a list's objects until it is closed: each object that is there as {@code ADDED}
 * first, then every change. A watch that the server ends is begun again, and then every object is
 * told as {@code ADDED} once more; what was deleted meanwhile is not.
 */
public final class Watch implements AutoCloseable {
  /** Before it is begun again: what ends at once must not be asked for without end. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Source source;
  private final Consumer<JsonNode> changes;
  private final Thread thread;
  private volatile boolean closed;

  private Watch(Source source, Consumer<JsonNode> changes) {
    this.source = source;
    this.changes = changes;
    this.thread = Thread.ofVirtual().name("watch").unstarted(this::follow);
  }

  /** Begins to watch once more: lines of JSON, until the server ends them. */
  @FunctionalInterface
  interface Source {
    Stream<String> open() throws Exception;
  }

  /**
   * Starts.
   *
   * @param changes is given {@code type} and {@code object}, on the watch's own thread
   */
  static Watch start(Source source, Consumer<JsonNode> changes) {
    Watch watch = new Watch(source, changes);
    watch.thread.start();
    return watch;
  }

  private void follow() {
    while (!closed) {
      try (Stream<String> lines = source.open()) {
        lines.map(Trees::json).forEach(changes);
      } catch (Exception broken) {
        // The API server is away, and asked again; or the watch was closed.
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
