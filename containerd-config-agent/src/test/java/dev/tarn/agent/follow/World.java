package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.tree.Standing;
import dev.tarn.core.name.RegistryHost;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Does what a {@link Follower} says to roots in memory, in a time of its own. */
final class World {
  static final String ROOT = "/etc/containerd/certs.d";
  static final Target DOCKER = new Target.OfRegistry(RegistryHost.DOCKER_HUB);
  static final Target QUAY = new Target.OfRegistry(new RegistryHost("quay.io"));
  static final Follower.Limits LIMITS = new Follower.Limits(10_000, 2_000, 60_000, 30_000, 5_000);
  static final Answer READY = new Answer.Proven(Answer.State.READY, List.of());
  static final Answer STARTING = new Answer.Proven(Answer.State.STARTING, List.of());
  static final Answer DRAINING = new Answer.Proven(Answer.State.DRAINING, List.of());
  static final Answer STRANGER = new Answer.Stranger("a wrong proof");
  static final Answer SILENT = new Answer.Silent("refused");

  final Map<String, FakeEntries> roots = new LinkedHashMap<>();
  final Follower follower = new Follower(LIMITS, 0);
  final List<Integer> told = new ArrayList<>();
  final List<Report> reports = new ArrayList<>();
  final Deque<Long> writeTimes = new ArrayDeque<>();
  Supplier<Answer> mirror = () -> READY;
  long now;
  int actions;
  boolean ended;

  World(Target... chosen) {
    roots.put(ROOT, new FakeEntries());
    choose(chosen);
  }

  FakeEntries root() {
    return at(ROOT);
  }

  void choose(Target... chosen) {
    Set<Place> places = new LinkedHashSet<>();
    for (Target target : chosen) {
      places.add(new Place(ROOT, target));
    }
    follower.found(places, roots.keySet(), new Prospect.Effective(), now);
  }

  /** Lets time pass, from one thing that is due to the next. */
  void pass(long millis) {
    long until = now + millis;
    settle();
    while (!ended) {
      long next = Math.max(follower.wakeAt(), now);
      if (next > until) {
        break;
      }
      now = next;
      settle();
    }
    now = Math.max(now, until);
  }

  /** Does all that is due now. */
  void settle() {
    for (int turn = 0; ; turn++) {
      if (turn > 100) {
        throw new AssertionError("it does not come to rest at " + now);
      }
      List<Action> due = follower.due(now);
      if (due.isEmpty()) {
        return;
      }
      for (Action action : due) {
        actions++;
        int before = writes();
        perform(action);
        for (int i = before; i < writes(); i++) {
          writeTimes.add(now);
        }
        reports.addAll(follower.reports());
        if (ended) {
          return;
        }
      }
    }
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Put(Place place) -> follower.put(place, at(place).put(place.target()), now);
      case Action.Withdraw(Place place) ->
          follower.withdrawn(place, at(place).withdraw(place.target()), now);
      case Action.Look(Place place) -> {
        Standing standing = at(place).look(place.target());
        follower.looked(place, standing, now);
      }
      case Action.Sweep(String root) -> follower.swept(root, at(root).standing(), now);
      case Action.Ask(int entries) -> {
        told.add(entries);
        follower.answered(mirror.get(), now);
      }
      case Action.End() -> ended = true;
    }
  }

  Scene scene() {
    return follower.scene(
        new Findings(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            "/s",
            List.of(ROOT),
            new Prospect.Effective(),
            List.of()));
  }

  boolean stands(Target target) {
    return root().standing().contains(target);
  }

  int writes() {
    int writes = 0;
    for (FakeEntries root : roots.values()) {
      writes += root.writes();
    }
    return writes;
  }

  /** How often something was written in the last so many milliseconds. */
  long writesWithin(long millis) {
    return writeTimes.stream().filter(time -> time > now - millis).count();
  }

  private FakeEntries at(Place place) {
    return at(place.root());
  }

  private FakeEntries at(String root) {
    return Objects.requireNonNull(roots.get(root));
  }
}
