package dev.tarn.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TimelineTest {
  private static final double EVER = Double.MAX_VALUE;
  private final Timeline timeline = new Timeline();

  @Test
  void a_fault_counts_for_the_nodes_that_it_strikes() {
    timeline.begins(new Fault.Kill(1), List.of(1));

    assertThat(timeline.strikes(List.of(1, 2)::contains, 0, EVER)).isEqualTo(1);
    assertThat(timeline.strikes(List.of(2, 3)::contains, 0, EVER)).isZero();
  }

  @Test
  void a_fault_that_strikes_several_counts_for_each() {
    timeline.begins(new Fault.RestartHomes(), List.of(0, 3, 4));

    assertThat(timeline.strikes(List.of(0, 1, 4)::contains, 0, EVER)).isEqualTo(2);
  }

  @Test
  void what_is_over_does_not_count_for_what_begins_after() {
    int number = timeline.begins(new Fault.Freeze(2), List.of(2));
    timeline.ends(number);

    assertThat(timeline.strikes(List.of(2)::contains, timeline.now(), EVER)).isZero();
    assertThat(timeline.lasting(Fault.Freeze.class, 2)).isFalse();
  }

  @Test
  void what_is_over_counts_until_its_node_has_recovered_but_lasts_no_longer() {
    int number = timeline.begins(new Fault.Kill(2), List.of(2));
    timeline.ends(number);
    double over = timeline.now();

    assertThat(timeline.strikes(List.of(2)::contains, over + 3.9, EVER)).isEqualTo(1);
    assertThat(timeline.strikes(List.of(2)::contains, over + 4.1, EVER)).isZero();
    assertThat(timeline.lasting(Fault.Kill.class, 2)).isFalse();
  }

  @Test
  void what_no_node_suffers_from_excuses_no_copy() {
    timeline.begins(new Fault.ExpireTokens(), List.of());
    timeline.begins(new Fault.RenewCertificate(0), List.of(0));

    assertThat(timeline.strikes(node -> true, 0, EVER)).isZero();
  }

  @Test
  void a_fault_is_found_while_it_lasts() {
    timeline.begins(new Fault.UpstreamDown(), List.of());

    assertThat(timeline.during(0, EVER, Fault.UpstreamDown.class::isInstance)).isPresent();
    assertThat(timeline.during(0, EVER, Fault.Unplug.class::isInstance)).isEmpty();
  }
}
