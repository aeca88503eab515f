package dev.tarn.agent.taint;

import dev.tarn.agent.follow.Companion;
import dev.tarn.agent.follow.Scene;
import dev.tarn.agent.follow.Verdict;
import dev.tarn.agent.metrics.Page;
import dev.tarn.agent.taint.StartUpTaint.Outcome;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the start-up taint removed by a thread of its own, which ends with that, and tells it when
 * the mirror is effective. A containerd that came to the mirror is proof enough; but a new one has
 * no reason to come before the first pod is there, which the taint keeps away. So entries that
 * stand, and that containerd reads by its configuration, are enough where no pull proves more.
 */
public final class TaintRemoval implements Companion {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.agent");
  private static final long STACK_BYTES = 512 * 1024;
  private static final String[] STATES = {"waiting", "removed", "absent", "given_up"};

  private final EffectiveSignal effective;
  private final boolean configurationIsEnough;
  private final Taint taint;
  private volatile int state;

  private TaintRemoval(EffectiveSignal effective, boolean configurationIsEnough, Taint taint) {
    this.effective = effective;
    this.configurationIsEnough = configurationIsEnough;
    this.taint = taint;
  }

  /**
   * Begins to wait.
   *
   * @param removal is waiting for {@code effective}; empty where the API server is not known
   * @param configurationIsEnough whether nothing proves that containerd comes to the mirror before
   *     the first pod is there
   */
  public static TaintRemoval start(
      Optional<StartUpTaint> removal,
      EffectiveSignal effective,
      boolean configurationIsEnough,
      Taint taint) {
    TaintRemoval begun = new TaintRemoval(effective, configurationIsEnough, taint);
    if (removal.isEmpty()) {
      begun.ended(
          new Outcome.GivenUp(
              "this runs in no pod, or the node's name is not known: set NODE_NAME to"
                  + " spec.nodeName, or taint.node"));
      return begun;
    }
    Thread thread = new Thread(null, () -> begun.remove(removal.get()), "taint", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    return begun;
  }

  private void remove(StartUpTaint removal) {
    try {
      ended(removal.remove());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      ended(new Outcome.GivenUp(String.valueOf(e)));
    }
  }

  private void ended(Outcome outcome) {
    switch (outcome) {
      case Outcome.Removed() -> {
        state = 1;
        LOG.atInfo().setMessage("taint_removed").addKeyValue("taint", taint).log();
      }
      case Outcome.Absent() -> {
        state = 2;
        LOG.atInfo().setMessage("taint_absent").addKeyValue("taint", taint).log();
      }
      case Outcome.GivenUp(String why) -> {
        state = 3;
        LOG.atError()
            .setMessage("taint_not_removed")
            .addKeyValue("taint", taint)
            .addKeyValue("reason", why)
            .log();
      }
    }
  }

  @Override
  public void turned(Scene scene) {
    if (scene.verdict() instanceof Verdict.Effective
        || (configurationIsEnough && scene.prepared())) {
      effective.isEffective();
    }
  }

  @Override
  public void write(Page page) {
    page.metric(
        "start_up_taint", Page.Type.GAUGE, "What became of the start-up taint: 1 for what holds.");
    for (int i = 0; i < STATES.length; i++) {
      page.sample(i == state ? 1 : 0, "state", STATES[i]);
    }
  }

  @Override
  public void close() {
    // Nothing of it is on the node; its thread ends with the process.
  }
}
