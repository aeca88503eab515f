package dev.tarn.e2e.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One pull after another of images that nobody has pulled, until it is told to end. */
final class PullLoop implements AutoCloseable {
  private final Node node;
  private final List<String> failures = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;
  private int pulls;

  private PullLoop(Node node) {
    this.node = node;
    this.thread = Thread.ofPlatform().name("pulls").daemon().unstarted(this::run);
  }

  static PullLoop start(Node node) {
    PullLoop loop = new PullLoop(node);
    loop.thread.start();
    return loop;
  }

  private void run() {
    while (!over) {
      Optional<String> failure = failure();
      synchronized (this) {
        pulls++;
        failure.ifPresent(failures::add);
      }
    }
  }

  private Optional<String> failure() {
    try {
      Node.Pulled pulled = node.pull();
      return pulled.succeeded() ? Optional.empty() : Optional.of(pulled.output());
    } catch (RuntimeException broken) {
      return Optional.of(broken.toString());
    }
  }

  synchronized int pulls() {
    return pulls;
  }

  /** Ends after the pull that is under way. */
  void end() {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end();
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }
}
