package dev.tarn.agent.follow;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.mirror.Mirror;
import dev.tarn.agent.mirror.Seen;
import dev.tarn.agent.mirror.UpstreamsFile;
import dev.tarn.agent.tree.Lookup;
import dev.tarn.agent.tree.Standing;
import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Does what the {@link Follower} says, on one thread, and waits in between. {@link #end} and what
 * tells how it stands may be called from others.
 */
public final class Following {
  private static final Logger LOG = LoggerFactory.getLogger("tarn.agent");
  private static final Duration LOOK_WATCHED = Duration.ofSeconds(30);
  private static final Duration LOOK_UNWATCHED = Duration.ofSeconds(5);

  /** Changes that come thick and fast are heeded once in a while. */
  private static final Duration HEED = Duration.ofMillis(500);

  /** An alert is to tell within a minute of a containerd that does not come any more. */
  private static final Duration FIND = Duration.ofSeconds(10);

  /** A turn takes seconds at most: one question to the mirror, and a few files. */
  private static final Duration STUCK = Duration.ofMinutes(2);

  private final List<Target> targets;
  private final Node node;
  private final Mirror mirror;
  private final UpstreamsFile upstreamsFile;
  private final Figures figures;
  private final MetricsTurn metricsTurn = new MetricsTurn();
  private final Changes changes;
  private final Follower follower;
  private final List<Companion> companions;

  /** Another one for each process: of two at once, as in a rollout, one may end. */
  private final String id = Long.toHexString(ThreadLocalRandom.current().nextLong());

  private final long startNanos = System.nanoTime();
  private final CountDownLatch over = new CountDownLatch(1);

  private @Nullable Findings findings;
  private long nextFind;
  private long heedAt;
  private Optional<String> userAgent = Optional.empty();
  private boolean settled;
  private String upstreamsFailure = "";

  private volatile boolean ending;
  private volatile long turnAt;
  private volatile String page = "";
  private volatile Optional<Verdict> verdict = Optional.empty();

  /**
   * Follows a node, once it is run.
   *
   * @param version of the agent
   * @param companions the parts that are off by default and are switched on
   */
  public Following(
      Configuration configuration,
      Node node,
      Mirror mirror,
      UpstreamsFile upstreamsFile,
      String version,
      List<Companion> companions) {
    this.targets = configuration.registries().orElse(List.of());
    this.node = node;
    this.mirror = mirror;
    this.upstreamsFile = upstreamsFile;
    this.figures = new Figures(version);
    this.changes = Changes.watching();
    this.companions = List.copyOf(companions);
    Configuration.Follow follow = configuration.follow();
    this.follower =
        new Follower(
            new Follower.Limits(
                follow.graceTime().toMillis(),
                follow.pollInterval().toMillis(),
                follow.driftLimit().toMillis(),
                LOOK_WATCHED.toMillis(),
                LOOK_UNWATCHED.toMillis()),
            0);
  }

  /** Follows until {@link #end}. Answers whether everything was taken back. */
  public boolean run() throws InterruptedException {
    try (changes) {
      while (true) {
        turnAt = now();
        find();
        List<Action> due = follower.due(now());
        for (Action action : due) {
          if (action instanceof Action.End) {
            return follower.standing() == 0;
          }
          perform(action);
          report();
        }
        if (due.isEmpty()) {
          accompany();
          rest();
        }
      }
    } finally {
      over.countDown();
    }
  }

  /** Has everything taken back, and waits until that is done, at most so long. */
  public boolean end(Duration limit) throws InterruptedException {
    ending = true;
    changes.wake();
    return over.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Figures in Prometheus' text format. */
  public String metrics() {
    return page;
  }

  /** Whether the loop goes round. */
  public boolean isAlive() {
    return now() - turnAt < STUCK.toMillis();
  }

  /** Whether containerd comes to the mirror, once that was thought about. */
  public Optional<Verdict> verdict() {
    return verdict;
  }

  private long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  private void rest() throws InterruptedException {
    if (ending) {
      follower.end(now());
    }
    long wait = Math.min(follower.wakeAt(), nextFind) - now();
    boolean heed = now() >= heedAt;
    if (wait > 0 && changes.await(heed ? wait : Math.min(wait, heedAt - now()), heed)) {
      follower.changed(now());
      heedAt = now() + HEED.toMillis();
    }
    if (ending) {
      follower.end(now());
    }
  }

  private void find() {
    long now = now();
    if (now < nextFind) {
      return;
    }
    nextFind = now + FIND.toMillis();
    Findings found = node.containerd(userAgent);
    boolean news = !found.equals(findings);
    findings = found;
    follower.found(places(found.roots()), found.roots(), found.prospect(), now);
    if (news) {
      LOG.atInfo()
          .setMessage("containerd_found")
          .addKeyValue("files", found.files())
          .addKeyValue("version", found.version().orElse("unknown"))
          .addKeyValue("layout", found.layout().orElse("unknown"))
          .addKeyValue("roots", found.roots())
          .addKeyValue("prospect", word(found.prospect()))
          .log();
      for (String remark : found.remarks()) {
        LOG.atWarn().setMessage("containerd_remark").addKeyValue("remark", remark).log();
      }
    }
    report();
  }

  /** The parts that are off by default are told how it stands, and say what they know. */
  private void accompany() {
    Findings known = findings;
    if (companions.isEmpty() || ending || known == null) {
      return;
    }
    Optional<Prospect> proof = Optional.empty();
    Scene scene = follower.scene(known);
    for (Companion companion : companions) {
      companion.turned(scene);
      proof = proof.isPresent() ? proof : companion.proof();
    }
    follower.tried(proof);
    verdict = Optional.of(follower.verdict());
    report();
  }

  private static String word(Prospect prospect) {
    return switch (prospect) {
      case Prospect.Effective() -> "effective";
      case Prospect.Ineffective(String why, var _) -> "ineffective: " + why;
      case Prospect.Unknown(String why, var _) -> "unknown: " + why;
    };
  }

  /** Each target under one root. */
  private Set<Place> places(List<String> roots) {
    Set<Place> places = new LinkedHashSet<>();
    if (!roots.isEmpty()) {
      for (Target target : targets) {
        places.add(new Place(Lookup.root(roots, target, node::here), target));
      }
    }
    return places;
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Sweep(String root) -> {
        Set<Target> standing = node.under(root).standing();
        follower.swept(root, standing, now());
        watch();
      }
      case Action.Put(Place place) -> {
        Standing standing = node.under(place.root()).put(place.target());
        count(standing);
        int before = follower.standing();
        follower.put(place, standing, now());
        if (follower.standing() != before) {
          figures.put();
        }
        settled = true;
      }
      case Action.Withdraw(Place place) -> {
        Standing standing = node.under(place.root()).withdraw(place.target());
        count(standing);
        int before = follower.standing();
        follower.withdrawn(place, standing, now());
        if (follower.standing() != before) {
          figures.withdrawn();
        }
      }
      case Action.Look(Place place) -> {
        Standing standing = node.under(place.root()).look(place.target());
        count(standing);
        follower.looked(place, standing, now());
      }
      case Action.Ask(int entries) -> {
        tellUpstreams();
        page = figures.page(follower, changes.isComplete(), companions);
        boolean withMetrics = follower.isEnding() || metricsTurn.isDue(now());
        Answer answer = mirror.ask(entries, withMetrics ? lines() + page : lines());
        metricsTurn.heard(answer, withMetrics, now());
        figures.answered(answer);
        if (answer instanceof Answer.Proven(var _, List<Seen> seen, List<String> canaries)) {
          userAgent = seen.isEmpty() ? userAgent : Optional.of(seen.getFirst().userAgent());
          for (Companion companion : companions) {
            companion.told(canaries);
          }
        }
        follower.answered(answer, now());
        verdict = Optional.of(follower.verdict());
      }
      case Action.End() -> throw new IllegalStateException("the end is not performed");
    }
  }

  /** What is reported besides the entries and the metrics. */
  private String lines() {
    StringBuilder lines = new StringBuilder("agent ").append(id).append('\n');
    if (follower.isEnding()) {
      lines.append("ending\n");
    }
    for (Companion companion : companions) {
      for (String line : companion.lines()) {
        lines.append(line).append('\n');
      }
    }
    return lines.toString();
  }

  private void count(Standing standing) {
    if (standing instanceof Standing.Failed) {
      figures.failed();
    }
  }

  private void watch() {
    List<Path> roots = new ArrayList<>();
    if (findings != null) {
      for (String root : findings.roots()) {
        roots.add(node.here(root));
      }
    }
    changes.follow(roots);
    follower.watched(changes.isComplete());
  }

  /** Not before anything was put there: what was told before the agent began is as good. */
  private void tellUpstreams() {
    if (!settled) {
      return;
    }
    SortedMap<RegistryHost, List<UpstreamHost>> upstreams = follower.upstreams();
    try {
      if (upstreamsFile.write(upstreams)) {
        figures.upstreamsWritten();
        LOG.atInfo()
            .setMessage("upstreams_told")
            .addKeyValue("registries", upstreams.keySet())
            .log();
      }
      upstreamsFailure = "";
    } catch (IOException e) {
      if (!e.toString().equals(upstreamsFailure)) {
        upstreamsFailure = e.toString();
        LOG.atWarn().setMessage("upstreams_not_told").addKeyValue("reason", e).log();
      }
    }
  }

  private void report() {
    for (Report report : follower.reports()) {
      switch (report) {
        case Report.Wished(Wish wish, String why) -> {
          var event = wish == Wish.PRESENT ? LOG.atInfo() : LOG.atWarn();
          event
              .setMessage(wish == Wish.PRESENT ? "entries_wanted" : "entries_unwanted")
              .addKeyValue("reason", why)
              .log();
        }
        case Report.Stood(Place place, Standing standing) -> stood(place, standing);
        case Report.Drifted(Place place, int times) -> {
          figures.corrected();
          at(LOG.atWarn(), "corrected", place).addKeyValue("times", times).log();
        }
        case Report.Judged(Verdict now) -> judged(now);
      }
    }
  }

  private void stood(Place place, Standing standing) {
    switch (standing) {
      case Standing.Present(List<UpstreamHost> hosts) ->
          at(LOG.atInfo(), "entry_stands", place).addKeyValue("upstreams", hosts.size()).log();
      case Standing.Absent() -> at(LOG.atInfo(), "entry_gone", place).log();
      case Standing.LeftAlone(String why) ->
          at(LOG.atWarn(), "left_alone", place).addKeyValue("reason", why).log();
      case Standing.Failed(String why) ->
          at(LOG.atError(), "entry_failed", place).addKeyValue("reason", why).log();
    }
  }

  private LoggingEventBuilder at(LoggingEventBuilder event, String message, Place place) {
    return event
        .setMessage(message)
        .addKeyValue("registry", Configuration.name(place.target()))
        .addKeyValue("root", place.root());
  }

  private void judged(Verdict now) {
    switch (now) {
      case Verdict.Effective(String why) ->
          LOG.atInfo().setMessage("effective").addKeyValue("reason", why).log();
      case Verdict.Ineffective(String why, String fix) ->
          LOG.atWarn()
              .setMessage("ineffective")
              .addKeyValue("reason", why)
              .addKeyValue("fix", fix)
              .log();
      case Verdict.Unknown(String why, String tell) ->
          LOG.atInfo()
              .setMessage("effect_unknown")
              .addKeyValue("reason", why)
              .addKeyValue("tell", tell)
              .log();
    }
    verdict = Optional.of(now);
  }
}
