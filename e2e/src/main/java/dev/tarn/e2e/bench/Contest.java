package dev.tarn.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Rounds of the same load against several servers that took turns, so that whatever else the
 * machine did in the meantime met all of them alike.
 */
final class Contest {
  private static final int WARM_UP_LIMIT = 5;

  private final Map<Server, List<Round>> rounds = new LinkedHashMap<>();

  private Contest() {}

  /** What a client asks of a server for a while. */
  @FunctionalInterface
  interface Load {
    Reading run(Server server, Duration time);
  }

  /** Lets the servers, each warm, take turns; who begins changes with every round. */
  static Contest of(List<Server> servers, Scale scale, Load load) {
    Contest contest = new Contest();
    for (Server server : servers) {
      contest.rounds.put(server, new ArrayList<>());
      warmUp(server, scale, load);
    }
    for (int round = 0; round < scale.rounds(); round++) {
      for (int turn = 0; turn < servers.size(); turn++) {
        Server server = servers.get((round + turn) % servers.size());
        double before = server.use().cpuSeconds();
        Reading reading = load.run(server, scale.round());
        double cpu = server.use().cpuSeconds() - before;
        contest.of(server).add(new Round(reading, cpu));
      }
    }
    return contest;
  }

  /** Measured in its own processor time: on a busy machine it takes longer to be warm. */
  private static void warmUp(Server server, Scale scale, Load load) {
    double enough = server.use().cpuSeconds() + scale.warmUp().toMillis() / 1e3;
    long deadline = System.nanoTime() + WARM_UP_LIMIT * scale.warmUp().toNanos();
    do {
      var _ = load.run(server, scale.round());
    } while (server.compiles()
        && server.use().cpuSeconds() < enough
        && System.nanoTime() - deadline < 0);
  }

  private List<Round> of(Server server) {
    return Objects.requireNonNull(rounds.get(server), "it is one of them");
  }

  Samples samples(Server server, ToDoubleFunction<Round> figure) {
    return new Samples(of(server).stream().map(figure::applyAsDouble).toList());
  }

  /** The one's figure as a part of the other's, round by round. */
  Samples ratios(Server one, Server other, ToDoubleFunction<Round> figure) {
    List<Round> ones = of(one);
    List<Round> others = of(other);
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < ones.size(); round++) {
      ratios.add(figure.applyAsDouble(ones.get(round)) / figure.applyAsDouble(others.get(round)));
    }
    return new Samples(ratios);
  }

  /** The servers in the order that they were given in. */
  List<Server> servers() {
    return List.copyOf(rounds.keySet());
  }
}
