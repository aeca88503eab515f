package dev.tarn.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.MemberState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberMetricsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MemberMetrics metrics = new MemberMetrics(meters, () -> Duration.ofMillis(1500));
  private final Set<String> avoided = new HashSet<>();

  @Test
  void theAgeOfWhatIsKnownIsInSeconds() {
    assertThat(meters.get("tarn.membership.age").gauge().value()).isEqualTo(1.5);
  }

  @Test
  void membersAreCountedByZoneAndState() {
    metrics.changed(
        List.of(member("a", "z1"), member("b", "z1"), member("c", "z2"), member("d", "")),
        this::state);

    assertThat(members("z1", MemberState.READY)).isEqualTo(2);
    assertThat(members("z1", MemberState.AVOIDED)).isZero();
    assertThat(members("z2", MemberState.READY)).isOne();
    assertThat(members("unknown", MemberState.READY)).isOne();
  }

  @Test
  void stateIsThatOfTheMomentOfTheScrape() {
    metrics.changed(List.of(member("a", "z1"), member("b", "z1")), this::state);

    avoided.add("b");

    assertThat(members("z1", MemberState.READY)).isOne();
    assertThat(members("z1", MemberState.AVOIDED)).isOne();
  }

  @Test
  void aZoneWithoutMembersIsNoLongerShown() {
    metrics.changed(List.of(member("a", "z1")), this::state);
    metrics.changed(List.of(member("a", "z2")), this::state);

    assertThat(meters.find("tarn.members").tag("zone", "z1").gauge()).isNull();
    assertThat(members("z2", MemberState.READY)).isOne();
    assertThat(meters.get("tarn.membership.changes").counter().count()).isEqualTo(2);
  }

  @Test
  void manyZonesAreCountedTogether() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      members.add(member("node-" + i, "zone-%02d".formatted(i)));
    }

    metrics.changed(members, this::state);

    assertThat(meters.find("tarn.members").tag("state", "ready").gauges())
        .hasSize(MemberMetrics.MAX_ZONES + 1);
    assertThat(members("zone-31", MemberState.READY)).isOne();
    assertThat(members("other", MemberState.READY)).isEqualTo(8);
  }

  private MemberState state(Member member) {
    return avoided.contains(member.name()) ? MemberState.AVOIDED : MemberState.READY;
  }

  private double members(String zone, MemberState state) {
    return meters.get("tarn.members").tag("zone", zone).tag("state", state.label()).gauge().value();
  }

  private static Member member(String node, String zone) {
    return new Member(node, zone, node + ":5051", true);
  }
}
