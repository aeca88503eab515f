package dev.tarn.server.uninstall;

import dev.tarn.server.membership.kubernetes.InCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Waits until everything was taken back on every node, or no longer, and says what came of it:
 * whoever uninstalls is held up for so long and is told, but never fails by it. On one thread.
 */
public final class AwaitUninstall {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** What a message of an event may have. */
  private static final int MAX_EVENT_CHARACTERS = 1024;

  private final Hooks hooks;
  private final Duration limit;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final PrintStream out;
  private final PrintStream err;

  /** What is between two looks. */
  @FunctionalInterface
  interface Pause {
    void over(Duration time) throws InterruptedException;
  }

  /**
   * What is waited for.
   *
   * @param daemonSets the names of those whose pods take everything back
   * @param release a label selector of the release's own pods, which have to be gone
   * @param limit for how long
   */
  public record Settings(List<String> daemonSets, String release, Duration limit) {}

  AwaitUninstall(
      Hooks hooks,
      Duration limit,
      LongSupplier nanoTime,
      Pause pause,
      PrintStream out,
      PrintStream err) {
    this.hooks = hooks;
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.out = out;
    this.err = err;
  }

  /**
   * Waits in a pod.
   *
   * @param serviceAccount the directory with the service account's files
   */
  public static void run(
      Settings settings,
      Map<String, String> environment,
      Path serviceAccount,
      PrintStream out,
      PrintStream err)
      throws InterruptedException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Hooks hooks =
            new KubernetesHooks(
                InCluster.ofThisPod(environment, serviceAccount, Optional.empty()),
                settings.daemonSets(),
                settings.release(),
                executor)) {
      new AwaitUninstall(hooks, settings.limit(), System::nanoTime, Thread::sleep, out, err).run();
    } catch (IOException e) {
      err.println("tarn: " + e.getMessage());
    }
  }

  void run() throws InterruptedException {
    long end = nanoTime.getAsLong() + limit.toNanos();
    Optional<Reach> reach = Optional.empty();
    while (true) {
      try {
        reach = Optional.of(Reach.of(hooks.look()));
      } catch (IOException e) {
        err.println("tarn: " + e.getMessage());
      }
      if (reach.filter(Reach::isComplete).isPresent() || end - nanoTime.getAsLong() <= 0) {
        break;
      }
      pause.over(PAUSE);
    }
    if (reach.isEmpty()) {
      out.println("Nothing is known of what was taken back: the API server was not reached.");
    } else {
      tell(reach.get());
    }
  }

  private void tell(Reach reach) {
    out.println("Everything of Tarn's was taken back on " + reach.done().size() + " nodes.");
    if (reach.isComplete()) {
      return;
    }
    out.println("Not within " + limit.toSeconds() + " s on these:");
    reach.missing().forEach((node, trouble) -> out.println("  " + node + ": " + trouble));
    reach.further().forEach(each -> out.println("  " + each));
    out.println(
        """
        Pulls work there: containerd finds no mirror and asks the registry itself. What is left are hosts.toml
        files that name Tarn, below containerd's config_path. When those nodes are back, install and uninstall
        once more, or delete the files by hand: docs/chart.md, "Taking it away".""");
    warn(reach);
  }

  private void warn(Reach reach) {
    StringBuilder message = new StringBuilder("Tarn was not taken back everywhere. Not on");
    reach
        .missing()
        .forEach((node, trouble) -> message.append(' ').append(node).append(" (" + trouble + ");"));
    reach.further().forEach(each -> message.append(' ').append(each).append(';'));
    message.setLength(Math.min(message.length() - 1, MAX_EVENT_CHARACTERS));
    try {
      hooks.warn(message.toString());
    } catch (IOException e) {
      err.println("tarn: " + e.getMessage());
    }
  }
}
