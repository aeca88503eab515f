package dev.tarn.agent.taint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.taint.OwnNode.Answer;
import dev.tarn.agent.taint.StartUpTaint.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StartUpTaintTest {
  private static final Taint OTHER = new Taint("node.kubernetes.io/unreachable", "NoSchedule");

  private final List<Taint> taints = new ArrayList<>();
  private final Deque<String> failures = new ArrayDeque<>();
  private final List<Duration> waits = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private int requests;

  @Test
  void isRemovedFromAmongOthers() throws InterruptedException {
    taints.addAll(List.of(OTHER, Taint.DEFAULT, new Taint(OTHER.key(), "NoExecute")));

    assertThat(remove()).isEqualTo(new Outcome.Removed());
    assertThat(taints).containsExactly(OTHER, new Taint(OTHER.key(), "NoExecute"));
    assertThat(waits).containsExactly(Duration.ofMinutes(2));
    assertThat(pauses).isEmpty();
  }

  @Test
  void ofTheSameKeyOnlyThatEffectIsRemoved() throws InterruptedException {
    Taint same = new Taint(Taint.DEFAULT.key(), "NoExecute");
    taints.addAll(List.of(same, Taint.DEFAULT));

    assertThat(remove()).isEqualTo(new Outcome.Removed());
    assertThat(taints).containsExactly(same);
  }

  @Test
  void aNodeWithoutItCostsOneRequest() throws InterruptedException {
    taints.add(OTHER);

    assertThat(remove()).isEqualTo(new Outcome.Absent());
    assertThat(requests).isEqualTo(1);
  }

  @Test
  void anApiServerThatFailsIsAskedAgainAndLessAndLessOften() throws InterruptedException {
    taints.add(Taint.DEFAULT);
    for (int i = 0; i < 8; i++) {
      failures.add("503");
    }

    assertThat(remove()).isEqualTo(new Outcome.Removed());
    assertThat(pauses).hasSize(8);
    assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(pauses.getLast()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
  }

  @Test
  void whoNeverAnswersIsGivenUpAtLast() throws InterruptedException {
    taints.add(Taint.DEFAULT);
    for (int i = 0; i < 1_000; i++) {
      failures.add("503");
    }

    assertThat(remove()).isEqualTo(new Outcome.GivenUp("503"));
    assertThat(requests).isEqualTo(60);
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isGreaterThan(Duration.ofMinutes(10));
  }

  @Test
  void aListThatShiftsMeanwhileIsLookedAtAgain() throws InterruptedException {
    taints.addAll(List.of(OTHER, OTHER, Taint.DEFAULT));
    OwnNode shifting =
        new OwnNode() {
          @Override
          public Answer look(Taint taint) {
            return node().look(taint);
          }

          @Override
          public Answer removeAt(int index, Taint taint) {
            if (index == 2 && taints.size() == 3) {
              taints.removeFirst(); // so that it is where was looked already
            }
            return node().removeAt(index, taint);
          }
        };

    assertThat(startUpTaint(shifting).remove()).isEqualTo(new Outcome.Removed());
    assertThat(taints).containsExactly(OTHER);
  }

  private Outcome remove() throws InterruptedException {
    return startUpTaint(node()).remove();
  }

  private StartUpTaint startUpTaint(OwnNode node) {
    StartUpTaint.Waiting waiting =
        new StartUpTaint.Waiting() {
          @Override
          public void untilEffective(Duration limit) {
            waits.add(limit);
          }

          @Override
          public void pause(Duration time) {
            pauses.add(time);
          }
        };
    return new StartUpTaint(
        node, Taint.DEFAULT, StartUpTaint.DEFAULT_LIMIT, waiting, new Random(1));
  }

  private OwnNode node() {
    return new OwnNode() {
      @Override
      public Answer look(Taint taint) {
        requests++;
        if (!failures.isEmpty()) {
          return new Answer.Failed(failures.remove());
        }
        boolean there = taints.stream().anyMatch(each -> each.key().equals(taint.key()));
        return there ? new Answer.Yes() : new Answer.No();
      }

      @Override
      public Answer removeAt(int index, Taint taint) {
        requests++;
        if (index >= taints.size() || !taints.get(index).equals(taint)) {
          return new Answer.No();
        }
        taints.remove(index);
        return new Answer.Yes();
      }
    };
  }
}
