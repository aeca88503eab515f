package dev.tarn.server.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WithdrawalTest {
  private static final Duration NO_TIME = Duration.ofNanos(1);
  private static final Duration LONG = Duration.ofHours(1);
  private static final long NOW = -7;

  private final Withdrawal withdrawal = new Withdrawal();

  private static Report report(String agent, int entries, boolean ending) {
    return new Report(entries, agent, ending, List.of(), "");
  }

  private void before(String agent, int entries, boolean ending) {
    withdrawal.heard(report(agent, entries, ending), false, NOW);
  }

  private void told(String agent, int entries) {
    withdrawal.heard(report(agent, entries, false), true, NOW);
  }

  @Test
  void anAgentThatEndedWithNothingLeftIsNotWaitedFor() throws InterruptedException {
    before("a", 3, false);
    before("a", 0, true);

    assertThat(withdrawal.await(LONG, NOW)).isTrue();
  }

  @Test
  void anAgentThatHasNothingYetMayPutItThereAnyTime() throws InterruptedException {
    before("a", 0, false);

    assertThat(withdrawal.await(NO_TIME, NOW)).isFalse();
  }

  @Test
  void anAgentThatEndsWithEntriesLeftIsWaitedFor() throws InterruptedException {
    before("a", 1, true);

    assertThat(withdrawal.await(NO_TIME, NOW)).isFalse();
  }

  @Test
  void anAgentThatStartedAgainIsNotTheOneThatEnded() throws InterruptedException {
    before("", 0, true);
    before("", 0, false);

    assertThat(withdrawal.await(NO_TIME, NOW)).isFalse();
  }

  @Test
  void ofTwoAgentsEachHasToSaySo() throws Exception {
    before("a", 2, false);
    before("b", 2, false);
    told("a", 0);
    CompletableFuture<Boolean> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return withdrawal.await(LONG, NOW);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });

    told("b", 2);
    told("a", 0);
    assertThat(ended).isNotDone();
    told("b", 0);

    assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatOneTookAwayAndTheOtherPutBackLeadsHere() throws InterruptedException {
    told("a", 0);
    told("b", 0);
    told("a", 1);

    assertThat(withdrawal.await(NO_TIME, NOW)).isFalse();
  }

  @Test
  void oneThatDiedIsForgotten() throws InterruptedException {
    before("died", 5, false);
    long later = NOW + Withdrawal.HEARD_LATELY.toNanos() + 1;
    withdrawal.heard(report("restarted", 0, false), true, later);

    assertThat(withdrawal.await(Duration.ofSeconds(5), later)).isTrue();
  }

  @Test
  void oneThatIsHeardSeldomIsWaitedForAsLongAsThatMayBe() throws InterruptedException {
    before("a", 1, false);
    CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).execute(() -> told("a", 0));

    assertThat(withdrawal.await(LONG, NOW + Duration.ofSeconds(30).toNanos())).isTrue();
    assertThat(withdrawal.await(NO_TIME, NOW)).as("not a second time").isTrue();
  }

  @Test
  void fewAgentsAreRemembered() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      before("agent" + i, 1, false);
    }
    for (int i = 92; i < 100; i++) {
      told("agent" + i, 0);
    }

    assertThat(withdrawal.await(NO_TIME, NOW)).isTrue();
  }
}
