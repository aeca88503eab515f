package dev.tarn.agent.follow;

import dev.tarn.agent.containerd.Findings;
import dev.tarn.agent.containerd.Prospect;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.hosts.UpstreamHost;
import dev.tarn.agent.mirror.Answer;
import dev.tarn.agent.mirror.Seen;
import dev.tarn.agent.tree.Standing;
import dev.tarn.core.name.RegistryHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is to be done with the entries. A pure state machine: it is told what happened and
 * what time it is, in milliseconds that never go back, and says what is to be done; it touches
 * nothing itself. Whoever does it tells what came of it, and asks again, until there is nothing.
 * For one thread.
 */
final class Follower {
  private static final long SETTLE_MILLIS = 100;
  private static final long LOOK_PAUSE_MILLIS = 1_000;
  private static final long END_LIMIT_MILLIS = 3_000;

  /**
   * How closely it follows.
   *
   * @param graceMillis how long the mirror may be not ready
   * @param pollMillis how often it is asked
   * @param driftLimitMillis the longest pause between two corrections of one entry
   * @param lookWatchedMillis how often everything is looked at without a cause, where changes are
   *     told
   * @param lookUnwatchedMillis the same where they are not
   */
  record Limits(
      long graceMillis,
      long pollMillis,
      long driftLimitMillis,
      long lookWatchedMillis,
      long lookUnwatchedMillis) {}

  private final Limits limits;
  private final Health health;
  private final Map<Place, Entry> entries = new LinkedHashMap<>();
  private final Map<String, Boolean> sweepDue = new LinkedHashMap<>();
  private final Map<RegistryHost, Long> counts = new HashMap<>();
  private final List<Report> reports = new ArrayList<>();

  private Prospect prospect =
      new Prospect.Unknown("containerd's configuration was not read yet", "wait");
  private long foundAt;
  private Verdict verdict = new Verdict.Unknown("nothing is known yet", "wait");
  private String provenBy = "";
  private Optional<Prospect> trial = Optional.empty();
  private Wish wish = Wish.UNDECIDED;

  private long lastProven = Long.MIN_VALUE;
  private long nextAsk;
  private int reported;
  private long nextLook;
  private long lastLook;
  private boolean watched;

  private boolean ending;
  private long endAt;
  private boolean endReported;
  private boolean ended;

  Follower(Limits limits, long now) {
    this.limits = limits;
    this.health = new Health(limits.graceMillis(), now);
    this.nextAsk = now;
    this.nextLook = now + limits.lookUnwatchedMillis();
    this.lastLook = now - LOOK_PAUSE_MILLIS;
    this.foundAt = now;
  }

  /**
   * What was found of containerd. Entries at other places are taken back.
   *
   * @param chosen where entries are to stand
   * @param roots every root there is
   * @param outlook whether entries there take effect
   */
  void found(Set<Place> chosen, Collection<String> roots, Prospect outlook, long now) {
    for (String root : roots) {
      sweepDue.putIfAbsent(root, true);
    }
    for (Place place : chosen) {
      sweepDue.putIfAbsent(place.root(), true);
      entry(place);
    }
    for (Entry entry : entries.values()) {
      entry.choose(chosen.contains(entry.place()));
    }
    if (!outlook.equals(prospect)) {
      prospect = outlook;
      foundAt = now;
      for (Entry entry : entries.values()) {
        entry.doubt();
      }
    }
    judge();
  }

  void answered(Answer answer, long now) {
    health.heard(answer, now);
    if (answer instanceof Answer.Proven(var _, List<Seen> seen, var _)) {
      if (seen.size() < counts.size()) {
        counts.clear(); // The mirror was started anew, and counts from nothing.
      }
      for (Seen one : seen) {
        seen(one, now);
      }
      lastProven = now;
    }
    wish();
    judge();
  }

  /** Something changed under some root, by whomever. */
  void changed(long now) {
    long soon = Math.max(now + SETTLE_MILLIS, lastLook + LOOK_PAUSE_MILLIS);
    nextLook = Math.min(nextLook, soon);
  }

  /** Whether every change is told, from now on. */
  void watched(boolean complete) {
    watched = complete;
  }

  /** What came of {@link Action.Put}. */
  void put(Place place, Standing standing, long now) {
    did(Entry.Need.PUT, place, standing, now);
  }

  /** What came of {@link Action.Withdraw}. */
  void withdrawn(Place place, Standing standing, long now) {
    did(Entry.Need.WITHDRAW, place, standing, now);
  }

  private void did(Entry.Need need, Place place, Standing standing, long now) {
    Entry entry = entry(place);
    Standing before = entry.last();
    int times = entry.did(need, standing, now);
    if (times > 0) {
      reports.add(new Report.Drifted(place, times));
    }
    report(entry, before);
  }

  /** What came of {@link Action.Look}. */
  void looked(Place place, Standing standing, long now) {
    Entry entry = entry(place);
    Standing before = entry.last();
    entry.looked(standing, now);
    report(entry, before);
  }

  /** What came of {@link Action.Sweep}. */
  void swept(String root, Set<Target> standing, long now) {
    sweepDue.put(root, false);
    for (Target target : standing) {
      entry(new Place(root, target));
    }
    for (Entry entry : entries.values()) {
      if (entry.place().root().equals(root)) {
        boolean found = standing.contains(entry.place().target());
        entry.swept(found, wish == Wish.UNDECIDED, now);
      }
    }
    judge();
  }

  /** Everything is to be taken back, and then it ends. */
  void end(long now) {
    if (!ending) {
      ending = true;
      endAt = now + END_LIMIT_MILLIS;
      look();
      wish();
    }
  }

  /** What is to be done now, in this order. */
  List<Action> due(long now) {
    if (ended) {
      return List.of(new Action.End());
    }
    health.advance(now);
    wish();
    if (now >= nextLook) {
      nextLook = now + (watched ? limits.lookWatchedMillis() : limits.lookUnwatchedMillis());
      lastLook = now;
      look();
    }
    List<Action> due = new ArrayList<>();
    for (Map.Entry<String, Boolean> sweep : sweepDue.entrySet()) {
      if (sweep.getValue()) {
        due.add(new Action.Sweep(sweep.getKey()));
      }
    }
    if (!due.isEmpty()) {
      return due; // What stands is known before anything is done about it, or told.
    }
    for (Entry entry : entries.values()) {
      Entry.Need need = entry.need(wish);
      if (now >= entry.notBefore(need, ending)) {
        due.add(action(need, entry.place()));
      }
    }
    return due.isEmpty() ? speak(now) : due;
  }

  /** When there is something to do next, if nothing happens before. */
  long wakeAt() {
    long wake = Math.min(nextAsk, nextLook);
    wake = Math.min(wake, ending ? endAt : health.changesAt());
    for (Entry entry : entries.values()) {
      wake = Math.min(wake, entry.notBefore(entry.need(wish), ending));
    }
    return wake;
  }

  /** What happened since this was last asked. */
  List<Report> reports() {
    if (reports.isEmpty()) {
      return List.of();
    }
    List<Report> taken = List.copyOf(reports);
    reports.clear();
    return taken;
  }

  /** How many entries stand. */
  int standing() {
    int standing = 0;
    for (Entry entry : entries.values()) {
      standing += entry.stands() ? 1 : 0;
    }
    return standing;
  }

  /** Whom operators named for the chosen registries. */
  SortedMap<RegistryHost, List<UpstreamHost>> upstreams() {
    SortedMap<RegistryHost, List<UpstreamHost>> upstreams = new TreeMap<>();
    for (Entry entry : entries.values()) {
      if (entry.isChosen()
          && !entry.upstreams().isEmpty()
          && entry.place().target() instanceof Target.OfRegistry(RegistryHost registry)) {
        upstreams.putIfAbsent(registry, entry.upstreams());
      }
    }
    return upstreams;
  }

  Collection<Entry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  Wish wished() {
    return wish;
  }

  /** Whether nothing is put there any more. */
  boolean isEnding() {
    return ending;
  }

  boolean isMirrorReady() {
    return health.isReady();
  }

  Verdict verdict() {
    return verdict;
  }

  /** A pull of ours was tried with containerd as it is; empty where none was. */
  void tried(Optional<Prospect> outcome) {
    if (!outcome.equals(trial)) {
      trial = outcome;
      judge();
    }
  }

  /** How it stands, for the parts that are off by default. */
  Scene scene(Findings findings) {
    boolean wanted = wish == Wish.PRESENT && health.isReady();
    boolean all = wanted && prospect instanceof Prospect.Effective;
    Optional<String> root = Optional.empty();
    boolean proven = false;
    for (Entry entry : entries.values()) {
      if (entry.isChosen() && entry.stands() && root.isEmpty()) {
        root = Optional.of(entry.place().root());
      }
      all &= !entry.isChosen() || entry.stands() || entry.last() instanceof Standing.LeftAlone;
      proven |= entry.isProven();
    }
    boolean prepared = all && root.isPresent();
    return new Scene(findings, wanted && !proven ? root : Optional.empty(), prepared, verdict);
  }

  private Entry entry(Place place) {
    return entries.computeIfAbsent(place, p -> new Entry(p, limits.driftLimitMillis()));
  }

  private static Action action(Entry.Need need, Place place) {
    return switch (need) {
      case PUT -> new Action.Put(place);
      case WITHDRAW -> new Action.Withdraw(place);
      case LOOK -> new Action.Look(place);
      case NOTHING -> throw new IllegalStateException("nothing is due");
    };
  }

  /** Asks the mirror when it is time, and when what it was told is not so any more. */
  private List<Action> speak(long now) {
    int standing = standing();
    boolean over = ending && (standing == 0 || now >= endAt);
    if (over && endReported) {
      ended = true;
      return List.of(new Action.End());
    }
    if (over || now >= nextAsk || standing != reported) {
      endReported = over;
      reported = standing;
      nextAsk = now + limits.pollMillis();
      return List.of(new Action.Ask(standing));
    }
    return List.of();
  }

  private void look() {
    sweepDue.replaceAll((_, _) -> true);
    for (Entry entry : entries.values()) {
      entry.lookLater();
    }
  }

  private void wish() {
    Wish now = ending ? Wish.ABSENT : health.wish();
    if (now != wish) {
      wish = now;
      for (Entry entry : entries.values()) {
        entry.wishChanged();
      }
      reports.add(new Report.Wished(now, ending ? "the agent ends" : health.why()));
    }
  }

  /** A request proves something if it came while the entry stood, and containerd was as it is. */
  private void seen(Seen seen, long now) {
    long before = counts.getOrDefault(seen.registry(), 0L);
    counts.put(seen.registry(), seen.count());
    Entry entry = asked(seen.registry());
    if (entry == null || entry.isProven()) {
      return;
    }
    long since = Math.max(entry.standsSince(), foundAt);
    // A second more: what is told is cut to whole ones.
    boolean recent = now - (seen.secondsAgo() + 1) * 1000 >= since;
    boolean more = seen.count() > before && lastProven >= since;
    if (seen.count() > 0 && (recent || more)) {
      entry.prove();
      String who = seen.userAgent().isEmpty() ? "containerd" : seen.userAgent();
      provenBy = who + " came for " + seen.registry();
    }
  }

  /** The entry by which a request for {@code registry} comes, if one stands. */
  private @Nullable Entry asked(RegistryHost registry) {
    Entry others = null;
    for (Entry entry : entries.values()) {
      if (entry.stands()) {
        switch (entry.place().target()) {
          case Target.OfRegistry(RegistryHost own) -> {
            if (own.equals(registry)) {
              return entry;
            }
          }
          case Target.OfAllOthers() -> others = entry;
        }
      }
    }
    return others;
  }

  private void judge() {
    Verdict now = verdictNow();
    if (!now.equals(verdict)) {
      // What a reason is worded like may change with every answer; that is no news.
      boolean news = !now.word().equals(verdict.word());
      verdict = now;
      if (news && !ending) {
        reports.add(new Report.Judged(now));
      }
    }
  }

  private Verdict verdictNow() {
    for (Entry entry : entries.values()) {
      if (entry.isProven()) {
        return new Verdict.Effective(provenBy);
      }
    }
    boolean reads = trial.orElse(null) instanceof Prospect.Effective;
    if (trial.orElse(null) instanceof Prospect.Ineffective(String why, String fix)) {
      return new Verdict.Ineffective(why, fix);
    }
    if (!reads && prospect instanceof Prospect.Ineffective(String why, String fix)) {
      return new Verdict.Ineffective(why, fix);
    }
    if (standing() == 0) {
      return nothingStands();
    }
    if (reads) {
      return new Verdict.Effective("containerd came for the canary");
    }
    if (trial.orElse(null) instanceof Prospect.Unknown(String why, String tell)) {
      return new Verdict.Unknown("the canary: " + why, tell);
    }
    return prospect instanceof Prospect.Unknown(String why, String tell)
        ? new Verdict.Unknown(why, tell)
        : new Verdict.Unknown(
            "containerd reads the entries, by its configuration; it did not come yet",
            "pull an image of a registry that has one");
  }

  /** Where everything is left alone, waiting brings nothing. */
  private Verdict nothingStands() {
    String left = "";
    for (Entry entry : entries.values()) {
      if (entry.isChosen()) {
        if (wish != Wish.PRESENT || !(entry.last() instanceof Standing.LeftAlone(String why))) {
          return new Verdict.Unknown("no entry stands: " + health.why(), "wait");
        }
        left = left.isEmpty() ? why : left;
      }
    }
    return left.isEmpty()
        ? new Verdict.Unknown("no entry stands: " + health.why(), "wait")
        : new Verdict.Ineffective(
            "every registry is left alone, as what stands there says: " + left,
            "change what stands there, or configure other registries");
  }

  private void report(Entry entry, @Nullable Standing before) {
    Standing now = entry.last();
    boolean same =
        switch (now) {
          case null -> true;
          case Standing.Present _ -> before instanceof Standing.Present;
          case Standing.Absent _ -> before == null || before instanceof Standing.Absent;
          case Standing.LeftAlone _, Standing.Failed _ -> now.equals(before);
        };
    if (!same && now != null) {
      reports.add(new Report.Stood(entry.place(), now));
    }
    judge();
  }
}
