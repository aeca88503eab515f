package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.setup.Journal.Phase;
import dev.tarn.agent.setup.Procedure.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcedureTest {
  private static final int ENOUGH_STEPS = 200;

  @TempDir private Path directory;
  private FakeHost host;
  private int hosts;

  @BeforeEach
  void makeAHost() throws IOException {
    host = newHost();
  }

  @Test
  void aChangeIsMadeWithOneRestart() throws IOException {
    assertThat(host.run()).isEqualTo(new Result.Done(FakeHost.MAIN));

    assertThat(host.runsWith()).isEqualTo(FakeHost.NEW);
    assertThat(host.restarts).isEqualTo(1);
    assertThat(host.journal().find("key").orElseThrow().phase()).isEqualTo(Phase.DONE);
    assertThat(host.files.read(host.journal().backup("key"))).contains(FakeHost.OLD);
  }

  @Test
  void aContainerdThatDoesNotComeBackGetsItsOldConfiguration() throws IOException {
    host.failsWithNew = true;

    assertThat(host.run())
        .isInstanceOfSatisfying(
            Result.TakenBack.class, result -> assertThat(result.isWell()).isTrue());
    assertThat(host.onDisk()).isEqualTo(FakeHost.OLD);
    assertThat(host.runsWith()).isEqualTo(FakeHost.OLD);
    assertThat(host.restarts).isEqualTo(2);
  }

  @Test
  void whatFailedIsNotTriedTwice() throws IOException {
    host.failsWithNew = true;
    host.run();

    for (int i = 0; i < 3; i++) {
      assertThat(host.run()).isInstanceOf(Result.Declined.class);
    }
    assertThat(host.restarts).isEqualTo(2);
  }

  @Test
  void whatSomebodyUndidIsNotDoneAgain() throws IOException {
    host.run();
    host.files.replace(FakeHost.MAIN, FakeHost.OLD);
    host.start();

    assertThat(host.run()).isInstanceOf(Result.Declined.class);
    assertThat(host.restarts).isEqualTo(1);
    assertThat(host.procedure().make(FakeHost.change(), true)).isInstanceOf(Result.Done.class);
    assertThat(host.restarts).isEqualTo(2);
  }

  @Test
  void aContainerdThatIsNotWellIsNotTouched() throws IOException {
    host.failsWithNew = true;
    host.files.replace(FakeHost.MAIN, FakeHost.NEW);
    host.start();
    host.files.replace(FakeHost.MAIN, FakeHost.OLD);

    assertThat(host.run()).isInstanceOf(Result.Declined.class);
    assertThat(host.journal().find("key")).isEmpty();
  }

  @Test
  void whatContainerdReadsDifferentlyThanItsCopyIsTakenBackWithoutARestart() throws IOException {
    host.ignoresNew = true;

    assertThat(host.run()).isInstanceOf(Result.TakenBack.class);
    assertThat(host.restarts).isZero();
    assertThat(host.onDisk()).isEqualTo(FakeHost.OLD);
  }

  @Test
  void aFileThatChangedSinceItWasReadIsNotReplaced() throws IOException {
    host.files.replace(FakeHost.MAIN, FakeHost.OLD + "# since\n");

    assertThat(host.procedure().make(FakeHost.change(), false)).isInstanceOf(Result.Declined.class);
    assertThat(host.onDisk()).endsWith("# since\n");
  }

  @Test
  void aFileThatWasNotThereIsRemovedAgain() throws IOException {
    String path = "/etc/containerd/zz-tarn.toml";
    Plan.Change change =
        new Plan.Change("w", path, Optional.empty(), "x", "/r", FakeHost.MAIN, "key");
    host.ignoresNew = true;

    assertThat(host.procedure().make(change, false)).isInstanceOf(Result.TakenBack.class);
    assertThat(host.files.read(path)).isEmpty();
  }

  @Test
  void theDirectoryOfADropInIsMadeWhereItIsMissing() throws IOException {
    String path = "/etc/containerd/conf.d/zz-tarn.toml";
    Plan.Change change =
        new Plan.Change("w", path, Optional.empty(), "x", "", FakeHost.MAIN, "key");

    assertThat(host.procedure().make(change, false)).isEqualTo(new Result.Done(path));
    assertThat(host.files.read(path)).contains("x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void killedAtAnyStepTheNextRunEndsIt(boolean fails) throws IOException {
    for (int step = 0; step < ENOUGH_STEPS; step++) {
      host = newHost();
      host.failsWithNew = fails;
      runAndDieAt(step);
      if (host.lived()) {
        return;
      }
      assertEnds(fails, "killed at step " + step, 1);
    }
    throw new AssertionError("it takes more steps than were tried");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void killedTwiceAndStartedAgainInBetweenItEndsToo(boolean fails) throws IOException {
    for (int first = 0; first < ENOUGH_STEPS; first++) {
      for (int second = first % 5; second < ENOUGH_STEPS; second += 5) {
        host = newHost();
        host.failsWithNew = fails;
        runAndDieAt(first);
        if (host.lived()) {
          return;
        }
        if (second % 2 == 0) {
          host.start();
        }
        runAndDieAt(second);
        boolean lived = host.lived();
        assertEnds(fails, "killed at steps " + first + " and " + second, 2);
        if (lived) {
          break;
        }
      }
    }
    throw new AssertionError("it takes more steps than were tried");
  }

  @Test
  void killedAgainAndAgainItGivesUp() throws IOException {
    host.failsWithNew = true;
    int runs = 0;
    while (host.journal().find("key").map(entry -> !entry.phase().isFinal()).orElse(true)) {
      runAndDieAt(runs == 0 ? 14 : 22);
      host.revive();
      assertThat(++runs).isLessThan(8);
    }

    assertThat(host.onDisk()).isEqualTo(FakeHost.OLD);
    assertThat(host.restarts).isLessThanOrEqualTo(5);
  }

  @Test
  void somebodyElsesEditInBetweenIsKept() throws IOException {
    for (int step = 0; step < ENOUGH_STEPS; step++) {
      host = newHost();
      runAndDieAt(step);
      if (host.lived()) {
        return;
      }
      host.revive();
      String theirs = "version = 2\n# theirs\n";
      host.files.replace(FakeHost.MAIN, theirs);
      host.run();
      assertThat(host.onDisk()).as("killed at step %d", step).isEqualTo(theirs);
    }
  }

  @Test
  void nobodyElseIsAtItWhileTheLockIsHeld() throws IOException {
    try (Journal.Lock held = host.journal().lock().orElseThrow()) {
      assertThat(held.held().isValid()).isTrue();
      assertThat(host.journal().lock()).isEmpty();
    }
    try (Journal.Lock held = host.journal().lock().orElseThrow()) {
      assertThat(held.held().isValid()).isTrue();
    }
  }

  @Test
  void aRecordThatCannotBeReadIsNone() throws IOException {
    host.files.replace(FakeHost.STATE + "/key.record", "phase nonsense\n");

    assertThat(host.journal().find("key")).isEmpty();
    assertThat(host.journal().unfinished()).isEmpty();
  }

  private void runAndDieAt(int step) throws IOException {
    host.revive();
    host.killAt(step);
    try {
      host.run();
    } catch (FakeHost.Killed e) {
      // as was wanted
    }
    assertThat(Files.readString(host.files.here(FakeHost.MAIN)))
        .as("killed at step %d", step)
        .isIn(FakeHost.OLD, FakeHost.NEW);
  }

  private void assertEnds(boolean fails, String how, int kills) throws IOException {
    host.revive();
    host.run();
    assertThat(host.journal().unfinished()).as(how).isEmpty();
    assertThat(host.isWell()).as(how).isTrue();
    assertThat(host.onDisk()).as(how).isEqualTo(fails ? FakeHost.OLD : FakeHost.NEW);
    assertThat(host.runsWith()).as(how).isEqualTo(host.onDisk());
    assertThat(host.restarts).as(how).isLessThanOrEqualTo((fails ? 2 : 1) + kills);
  }

  private FakeHost newHost() throws IOException {
    return new FakeHost(Files.createDirectory(directory.resolve("host" + hosts++)));
  }
}
