package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Workspace;
import dev.tarn.e2e.run.CaseRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which figures miss a limit, and that all of them are noted first. */
class FindingsTest {
  @TempDir Path directory;
  private CaseRun run;

  @BeforeEach
  void start() {
    run = new CaseRun(Workspace.create(directory, "findings"));
  }

  @Test
  void aFigureOnItsLimitHolds() {
    Findings findings = new Findings(run, 1);

    findings.atLeast("speed", 0.95, 0.95);
    findings.atMost("cost", 1.15, 1.15);

    assertThatCode(findings::judge).doesNotThrowAnyException();
  }

  @Test
  void everyFigureIsNotedAndEveryMissIsNamedBeforeTheCaseFails() {
    Findings findings = new Findings(run, 1);

    findings.atLeast("speed", 0.949, 0.95);
    findings.atMost("cost", 1.151, 1.15);
    findings.atMost("memory", 40, 45);

    assertThat(run.figures())
        .containsEntry("speed", 0.949)
        .containsEntry("cost", 1.151)
        .containsEntry("memory", 40.0);
    assertThatThrownBy(findings::judge)
        .isInstanceOf(CaseFailed.class)
        .hasMessage("speed 0.949, to be at least 0.950\ncost 1.151, to be at most 1.150");
  }

  @Test
  void lenienceWidensLimitsOnTheSideThatTheyAreOn() {
    Findings lenient = new Findings(run, 2);
    lenient.atLeast("speed", 0.5, 1);
    lenient.atMost("cost", 2, 1);
    assertThatCode(lenient::judge).doesNotThrowAnyException();

    lenient.atLeast("speed", 0.499, 1);
    lenient.atMost("cost", 2.001, 1);
    assertThatThrownBy(lenient::judge).hasMessageContaining("speed").hasMessageContaining("cost");
  }

  @Test
  void aLimitIsJudgedByTheValueNotByWhatItIsRoundedTo() {
    Findings findings = new Findings(run, 1);

    findings.atMost("ready", 450.04, 450);

    assertThat(run.figures()).containsEntry("ready", 450.0);
    assertThatThrownBy(findings::judge).isInstanceOf(CaseFailed.class);
  }

  @Test
  void ofSeveralRoundsTheMedianIsJudgedAndTheSpreadIsNoted() {
    Findings findings = new Findings(run, 1);

    findings.atLeast("speed", new Samples(List.of(0.5, 1.0, 1.5)), 1);

    assertThatCode(findings::judge).doesNotThrowAnyException();
    assertThat(run.figures())
        .containsEntry("speed", 1.0)
        .containsEntry("speed_least", 0.5)
        .containsEntry("speed_most", 1.5);
  }

  @Test
  void ofOneRoundThereIsNoSpread() {
    new Findings(run, 1).figure("jars", new Samples(List.of(11.0)));

    assertThat(run.figures()).containsOnlyKeys("jars");
  }
}
