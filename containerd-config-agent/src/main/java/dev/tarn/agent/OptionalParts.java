package dev.tarn.agent;

import dev.tarn.agent.canary.CanaryPulls;
import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.follow.Companion;
import dev.tarn.agent.follow.Node;
import dev.tarn.agent.taint.ApiServer;
import dev.tarn.agent.taint.EffectiveSignal;
import dev.tarn.agent.taint.StartUpTaint;
import dev.tarn.agent.taint.Taint;
import dev.tarn.agent.taint.TaintRemoval;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The parts that are off by default. An agent that has none switched on does not load this. */
final class OptionalParts {
  private static final Duration PULL_LIMIT = Duration.ofSeconds(30);

  /** Besides a few times of asking the mirror. */
  private static final Duration ANSWERS_LIMIT = Duration.ofSeconds(10);

  private OptionalParts() {}

  /** Those that are switched on. */
  static List<Companion> of(
      Configuration configuration,
      Node node,
      SecureRandom random,
      Map<String, String> environment) {
    List<Companion> parts = new ArrayList<>();
    if (configuration.canary().enabled()) {
      parts.add(canary(configuration, node, random));
    }
    if (configuration.taint().enabled()) {
      parts.add(taint(configuration, random, environment));
    }
    return parts;
  }

  private static Companion canary(Configuration configuration, Node node, SecureRandom random) {
    return new CanaryPulls(
        new CanaryPulls.Settings(
            URI.create(configuration.mirrorUrl()),
            configuration.canary().socket(),
            configuration.canary().interval(),
            PULL_LIMIT,
            configuration.follow().pollInterval().multipliedBy(4).plus(ANSWERS_LIMIT)),
        node::here,
        random,
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  private static Companion taint(
      Configuration configuration, SecureRandom random, Map<String, String> environment) {
    Taint taint = Taint.parse(configuration.taint().taint()).orElse(Taint.DEFAULT);
    EffectiveSignal effective = new EffectiveSignal();
    Optional<String> name =
        configuration.taint().node().or(() -> Optional.ofNullable(environment.get("NODE_NAME")));
    Optional<StartUpTaint> removal =
        name.filter(given -> !given.isEmpty())
            .flatMap(given -> ApiServer.inCluster(environment, given))
            .map(
                server ->
                    new StartUpTaint(
                        server, taint, configuration.taint().limit(), effective, random));
    return TaintRemoval.start(removal, effective, !configuration.canary().enabled(), taint);
  }
}
