package dev.tarn.e2e.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What is told of a list's objects until it is closed: each object that is there as {@code ADDED}
 * first, then every change. A watch that the server ends is begun again, and then every object is
 * told as {@code ADDED} once more; what was deleted meanwhile is not.
 */
public final class Watch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 200;

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
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException over) {
        return;
      } catch (Exception broken) {
        // The API server is away, or the watch was closed.
        if (!pause()) {
          return;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException over) {
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
