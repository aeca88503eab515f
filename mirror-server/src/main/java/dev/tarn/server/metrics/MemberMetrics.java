package dev.tarn.server.metrics;

import dev.tarn.core.placement.Member;
import dev.tarn.server.membership.MemberState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The meters of the membership. Thread-safe. The label {@code zone} has the zones that members are
 * in, the first {@value #MAX_ZONES} by name; members of further ones are in {@value #OTHER_ZONES}.
 */
public final class MemberMetrics {
  static final int MAX_ZONES = 32;
  static final String UNKNOWN_ZONE = "unknown";
  static final String OTHER_ZONES = "other";

  private static final double NANOS_A_SECOND = 1e9;

  private final MultiGauge members;
  private final Counter changes;
  private final Counter failures;

  MemberMetrics(MeterRegistry meters, Supplier<Duration> age) {
    this.members =
        MultiGauge.builder(MeterNames.MEMBERS)
            .description("Nodes of the installation that this node knows, itself too")
            .register(meters);
    this.changes =
        Counter.builder(MeterNames.MEMBERSHIP_CHANGES)
            .description("Times that the list of members became another one")
            .register(meters);
    this.failures =
        Counter.builder(MeterNames.MEMBERSHIP_FAILURES)
            .description("Times that the source of members could not tell them")
            .register(meters);
    Gauge.builder(MeterNames.MEMBERSHIP_AGE, () -> age.get().toNanos() / NANOS_A_SECOND)
        .description("Since the source of members last said anything")
        .baseUnit("seconds")
        .strongReference(true)
        .register(meters);
  }

  /** These are the members now; {@code state} is asked about them for each scrape. */
  public void changed(Collection<Member> now, Function<Member, MemberState> state) {
    changes.increment();
    Map<String, List<Member>> byZone = new TreeMap<>();
    for (Member member : now) {
      byZone.computeIfAbsent(member.zone(), _ -> new ArrayList<>()).add(member);
    }
    Map<String, List<Member>> byLabel = new TreeMap<>();
    byZone.forEach(
        (zone, inZone) -> {
          String label = byLabel.size() < MAX_ZONES ? label(zone) : OTHER_ZONES;
          byLabel.computeIfAbsent(label, _ -> new ArrayList<>()).addAll(inZone);
        });
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    byLabel.forEach((label, inZone) -> addRows(rows, label, inZone, state));
    members.register(rows, true);
  }

  /** The source of members failed. */
  public void sourceFailed() {
    failures.increment();
  }

  private static String label(String zone) {
    return zone.isEmpty() ? UNKNOWN_ZONE : zone;
  }

  private static void addRows(
      List<MultiGauge.Row<?>> rows,
      String zone,
      List<Member> inZone,
      Function<Member, MemberState> stateOf) {
    for (MemberState state : MemberState.values()) {
      rows.add(
          MultiGauge.Row.of(
              Tags.of(MeterNames.ZONE, zone, MeterNames.STATE, state.label()),
              () -> inZone.stream().filter(member -> stateOf.apply(member) == state).count()));
    }
  }
}
