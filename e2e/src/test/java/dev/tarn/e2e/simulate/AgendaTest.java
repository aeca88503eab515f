package dev.tarn.e2e.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private static final long MILLI = 1_000_000;

  private final Agenda agenda = new Agenda();
  private final List<String> done = new ArrayList<>();

  @Test
  void whatIsDueRunsInOrderOfTime() {
    agenda.at(5_000 * MILLI, () -> done.add("third"));
    agenda.at(2 * MILLI, () -> done.add("second"));
    agenda.at(MILLI, () -> done.add("first"));
    agenda.at(6_000 * MILLI, () -> done.add("never"));

    agenda.runUntil(5_500 * MILLI);

    assertThat(done).containsExactly("first", "second", "third");
    assertThat(agenda.now()).isEqualTo(5_500 * MILLI);
  }

  @Test
  void whatATaskAddsForNowRunsNow() {
    agenda.at(MILLI, () -> agenda.after(0, () -> done.add("now")));

    agenda.runUntil(2 * MILLI);

    assertThat(done).containsExactly("now");
  }
}
