package dev.tarn.agent.taint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.follow.Scene;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.metrics.Page;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TaintRemovalTest {
  private static final Verdict UNKNOWN = new Verdict.Unknown("it did not come yet", "wait");
  private static final Verdict EFFECTIVE = new Verdict.Effective("it came");

  private final EffectiveSignal effective = new EffectiveSignal();
  private final CountDownLatch removed = new CountDownLatch(1);

  @Test
  void withoutACanaryEntriesThatStandAndAreReadAreEnough() throws InterruptedException {
    TaintRemoval removal = start(Duration.ofHours(1), true);
    removal.turned(scene(false, UNKNOWN));
    assertThat(removed.await(100, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(state(removal)).isEqualTo("waiting");

    removal.turned(scene(true, UNKNOWN));

    removed.await();
    awaitState(removal, "removed");
  }

  @Test
  void withACanaryItsWordIsWaitedFor() throws InterruptedException {
    TaintRemoval removal = start(Duration.ofHours(1), false);
    removal.turned(scene(true, UNKNOWN));
    assertThat(removed.await(100, TimeUnit.MILLISECONDS)).isFalse();

    removal.turned(scene(true, EFFECTIVE));

    removed.await();
    awaitState(removal, "removed");
  }

  @Test
  void aContainerdThatCameIsEnoughWhateverIsConfigured() throws InterruptedException {
    TaintRemoval removal = start(Duration.ofHours(1), true);

    removal.turned(scene(false, EFFECTIVE));

    removed.await();
    awaitState(removal, "removed");
  }

  @Test
  void afterTheLimitItIsRemovedRegardless() throws InterruptedException {
    TaintRemoval removal = start(Duration.ofMillis(50), false);

    removal.turned(scene(false, UNKNOWN));

    removed.await();
    awaitState(removal, "removed");
  }

  @Test
  void withoutAnApiServerNothingElseFails() {
    TaintRemoval removal = TaintRemoval.start(Optional.empty(), effective, true, Taint.DEFAULT);

    removal.turned(scene(true, EFFECTIVE));

    assertThat(state(removal)).isEqualTo("given_up");
  }

  private TaintRemoval start(Duration limit, boolean configurationIsEnough) {
    OwnNode node =
        new OwnNode() {
          @Override
          public Answer look(Taint taint) {
            return new Answer.Yes();
          }

          @Override
          public Answer removeAt(int index, Taint taint) {
            removed.countDown();
            return new Answer.Yes();
          }
        };
    StartUpTaint taint = new StartUpTaint(node, Taint.DEFAULT, limit, effective, new Random(1));
    return TaintRemoval.start(Optional.of(taint), effective, configurationIsEnough, Taint.DEFAULT);
  }

  private static Scene scene(boolean prepared, Verdict verdict) {
    Findings findings =
        new Findings(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            "/s",
            List.of(),
            new Prospect.Effective(),
            List.of());
    return new Scene(findings, Optional.empty(), prepared, verdict);
  }

  private static void awaitState(TaintRemoval removal, String state) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!state(removal).equals(state)) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static String state(TaintRemoval removal) {
    Page page = new Page();
    removal.write(page);
    for (String line : page.toString().split("\n", -1)) {
      if (line.endsWith(" 1")) {
        return line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
      }
    }
    return "";
  }
}
