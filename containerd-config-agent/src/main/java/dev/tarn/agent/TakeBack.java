package dev.tarn.agent;

import dev.tarn.agent.canary.CanaryTraces;
import dev.tarn.agent.follow.Node;
import dev.tarn.agent.follow.Uninstall;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Takes everything of ours back, once or again and again, and says what it did. Runs on the main
 * thread of a process of its own.
 */
final class TakeBack {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** No second look. */
  static final Pause ONCE = () -> false;

  private final Node node;
  private final PrintStream out;
  private List<String> said = List.of();

  /** What is between two looks. */
  @FunctionalInterface
  interface Pause {
    /** Waits, and answers whether to look again. */
    boolean over() throws InterruptedException;
  }

  TakeBack(Node node, PrintStream out) {
    this.node = node;
    this.out = out;
  }

  /**
   * A look every few seconds.
   *
   * @param seconds after which it ends; 0 for never
   */
  static Pause everyFewSeconds(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    return () -> {
      long left = end - System.nanoTime();
      if (seconds > 0 && left <= 0) {
        return false;
      }
      Thread.sleep(seconds > 0 && left < PAUSE.toNanos() ? Duration.ofNanos(left) : PAUSE);
      return true;
    };
  }

  /** Answers the exit status of the last look. */
  int run(Pause pause) {
    int status = look();
    try {
      while (pause.over()) {
        status = look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return status;
  }

  private int look() {
    Set<String> roots = new LinkedHashSet<>(node.containerd(Optional.empty()).roots());
    List<String> lines = new ArrayList<>();
    boolean complete = true;
    if (roots.isEmpty()) {
      lines.add("containerd has no root here: nothing to take back");
    } else {
      for (CanaryTraces.Outcome left : Run.clearTraces(node)) {
        lines.add(left.what());
        complete &= left.complete();
      }
      Uninstall.Outcome outcome = Uninstall.run(node, List.copyOf(roots));
      lines.addAll(outcome.lines());
      complete &= outcome.complete();
      lines.add(
          complete
              ? "nothing of ours is left under " + String.join(", ", roots)
              : "not everything could be taken back");
    }
    say(lines);
    return complete ? ExitStatus.OK : ExitStatus.FAILURE;
  }

  /** Not the same again and again. */
  private void say(List<String> lines) {
    if (!lines.equals(said)) {
      lines.forEach(out::println);
      said = List.copyOf(lines);
    }
  }
}
