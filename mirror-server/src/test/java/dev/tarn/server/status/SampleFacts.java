package dev.tarn.server.status;

import dev.tarn.server.status.MemberFacts.MemberFact;
import dev.tarn.server.status.NodeFacts.Agent;
import dev.tarn.server.status.NodeFacts.Effect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** The facts of a node where all is well, with everything that a node can have. */
final class SampleFacts {
  static final Instant NOW = Instant.parse("2026-11-23T15:04:05.678Z");

  boolean ready = true;
  Figures lastHour = Figures.ZERO;
  Figures lastMinutes = Figures.ZERO;
  NodeFacts.Store store =
      new NodeFacts.Store(3, 4096, 0, 1L << 40, false, Optional.of(new NodeFacts.Space(9, 10)));
  List<RegistryFacts> registries = List.of();
  Optional<MemberFacts> members =
      Optional.of(
          new MemberFacts(
              "kubernetes",
              12,
              true,
              List.of(
                  new MemberFact("node-1", "zone-a", MemberFacts.State.READY),
                  new MemberFact("node-2", "zone-b", MemberFacts.State.READY))));
  Optional<Instant> expires = Optional.of(NOW.plusSeconds(7 * 86_400));
  Optional<Agent> agent = Optional.of(new Agent(7, 2, Effect.EFFECTIVE, List.of()));
  boolean containerdUnreadable;

  NodeFacts facts() {
    return new NodeFacts(
        new NodeFacts.Identity("node-1", "zone-a", "1.2.3"),
        NOW,
        ready,
        new Period(lastHour, 7200),
        new Period(lastHour, 3600),
        new Period(lastMinutes, 600),
        store,
        new TransferSums(2, 100, 400, 50, 1, 1),
        registries,
        members,
        expires,
        agent,
        containerdUnreadable,
        true);
  }

  NodeStatus status() {
    return NodeStatus.of(facts());
  }

  static Figures figures(Figure figure, long value) {
    return Figures.of(each -> each == figure ? value : 0);
  }

  static RegistryFacts well() {
    return answered(RegistryFacts.State.WELL, 200);
  }

  static RegistryFacts limited() {
    return answered(RegistryFacts.State.LIMITED, 429);
  }

  private static RegistryFacts answered(RegistryFacts.State state, int status) {
    return new RegistryFacts(
        "docker.io",
        state,
        Optional.of(NOW),
        OptionalInt.of(status),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  static RegistryFacts failing(Instant since) {
    return failing("docker.io", since);
  }

  static RegistryFacts failing(String name) {
    return failing(name, NOW.minusSeconds(60));
  }

  private static RegistryFacts failing(String name, Instant since) {
    return new RegistryFacts(
        name,
        RegistryFacts.State.FAILING,
        Optional.of(since.minusSeconds(1)),
        OptionalInt.of(200),
        Optional.of(since),
        Optional.of("connect"),
        OptionalLong.of(100));
  }

  static MemberFacts members(long age, boolean self, MemberFacts.State... states) {
    return new MemberFacts(
        "dns",
        age,
        self,
        IntStream.range(0, states.length)
            .mapToObj(i -> new MemberFact("node-" + (i + 1), "", states[i]))
            .toList());
  }
}
