package dev.tarn.agent.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.agent.setup.HostCommands.Outcome;
import org.junit.jupiter.api.Test;

class UnitTest {
  @Test
  void theProgramAndItsConfigurationAreReadFromExecStart() {
    Unit.Start start =
        Unit.Start.parse(
            "{ path=/usr/local/bin/containerd ; argv[]=/usr/local/bin/containerd --log-level info"
                + " --config /etc/c.toml ; ignore_errors=no ; start_time=[n/a] ; pid=0 }");

    assertThat(start.program()).contains("/usr/local/bin/containerd");
    assertThat(start.config()).contains("/etc/c.toml");
  }

  @Test
  void everySpellingOfTheOptionIsKnown() {
    for (String option : new String[] {"-c /x", "-config /x", "--config=/x", "-c=/x"}) {
      assertThat(Unit.Start.parse("{ argv[]=containerd " + option + " ; }").config())
          .as(option)
          .contains("/x");
    }
  }

  @Test
  void whatSaysNothingOfItHasNone() {
    assertThat(Unit.Start.parse("").program()).isEmpty();
    assertThat(Unit.Start.parse("{ path=/usr/bin/containerd ; argv[]=containerd ; }").config())
        .isEmpty();
    assertThat(Unit.Start.parse("{ argv[]=containerd --config ; }").config()).isEmpty();
  }

  @Test
  void aUnitThatIsNotThereIsMissing() {
    Unit unit =
        new Unit((command, limit) -> new Outcome(0, "LoadState=not-found\n", ""), "x.service");

    assertThat(unit.missing()).hasValueSatisfying(why -> assertThat(why).contains("x.service"));
  }
}
