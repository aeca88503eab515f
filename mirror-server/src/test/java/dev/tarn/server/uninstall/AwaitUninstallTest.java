package dev.tarn.server.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.uninstall.Hooks.HookPod;
import dev.tarn.server.uninstall.Hooks.HookSet;
import dev.tarn.server.uninstall.Hooks.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What is waited for after an uninstall, and what is said. */
class AwaitUninstallTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final HookPod READY = new HookPod("a", true, "Running");
  private static final HookPod PULLING = new HookPod("b", false, "ImagePullBackOff");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Script hooks = new Script();
  private long now;

  @Test
  void itIsOverAsSoonAsEveryPodIsReady() throws InterruptedException {
    hooks.then(state(2, READY, PULLING));
    hooks.then(state(2, READY, new HookPod("b", true, "Running")));

    await();

    assertThat(now).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(said(out)).contains("taken back on 2 nodes").doesNotContain("Not within");
    assertThat(hooks.warnings).isEmpty();
  }

  @Test
  void nodesThatWereNotReachedAreNamedWhenTheTimeIsOver() throws InterruptedException {
    hooks.then(state(3, READY, PULLING));

    await();

    assertThat(now).isEqualTo(LIMIT.toNanos());
    assertThat(said(out))
        .contains("taken back on 1 nodes", "  b: ImagePullBackOff", "1 pods could not be made");
    assertThat(hooks.warnings)
        .singleElement()
        .asString()
        .contains("b (ImagePullBackOff)", "1 pods could not be made");
  }

  @Test
  void aNodeWhoseOwnPodIsStillEndingIsNotDone() throws InterruptedException {
    hooks.then(new State(List.of(new HookSet("s", true, 1, List.of(READY))), List.of("a")));
    hooks.then(state(1, READY));

    await();

    assertThat(now).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void aDaemonSetThatNobodyHasLookedAtIsWaitedFor() throws InterruptedException {
    hooks.then(new State(List.of(new HookSet("s", false, 0, List.of())), List.of()));

    await();

    assertThat(said(out)).contains("DaemonSet s: nobody has made pods of it");
  }

  @Test
  void withoutNodesThereIsNothingToWaitFor() throws InterruptedException {
    hooks.then(state(0));

    await();

    assertThat(now).isZero();
  }

  @Test
  void anApiServerThatIsAwayIsAskedUntilTheEnd() throws InterruptedException {
    await();

    assertThat(now).isEqualTo(LIMIT.toNanos());
    assertThat(said(out)).contains("Nothing is known");
    assertThat(said(err)).contains("away");
    assertThat(hooks.warnings).isEmpty();
  }

  @Test
  void whatWasSeenBeforeItWentAwayCounts() throws InterruptedException {
    hooks.then(state(2, READY, PULLING));
    hooks.onlyOnce = true;

    await();

    assertThat(said(out)).contains("  b: ImagePullBackOff");
  }

  private static State state(int desired, HookPod... pods) {
    return new State(List.of(new HookSet("s", true, desired, List.of(pods))), List.of());
  }

  private void await() throws InterruptedException {
    new AwaitUninstall(
            hooks,
            LIMIT,
            () -> now,
            time -> now += time.toNanos(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run();
  }

  private static String said(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  /** Gives states one after another, the last one for ever; without one, the API server is away. */
  private static final class Script implements Hooks {
    private final Queue<State> states = new ArrayDeque<>();
    private final List<String> warnings = new ArrayList<>();
    private Optional<State> last = Optional.empty();
    private boolean onlyOnce;

    void then(State state) {
      states.add(state);
    }

    @Override
    public State look() throws IOException {
      State next = states.poll();
      if (next != null) {
        last = Optional.of(next);
        return next;
      }
      if (onlyOnce) {
        throw new IOException("away");
      }
      return last.orElseThrow(() -> new IOException("away"));
    }

    @Override
    public void warn(String message) {
      warnings.add(message);
    }

    @Override
    public void close() {}
  }
}
