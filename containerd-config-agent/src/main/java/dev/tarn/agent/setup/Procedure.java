package dev.tarn.agent.setup;

import dev.tarn.agent.setup.HostCommands.Outcome;
import dev.tarn.agent.setup.Journal.Entry;
import dev.tarn.agent.setup.Journal.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a change, so that whatever happens containerd's configuration is the old one or the new
 * one, both of them valid, and so that the next run ends what this one did not.
 *
 * <pre>
 *            replace            restart, well
 * PREPARED ───────────▶ RESTARTING ─────────────────────▶ DONE
 *    │                      │ not well
 *    │ not as tried         ▼         put back, restart
 *    │                  RESTORING ────────────────────▶ FAILED
 *    └──────────────────────────────────────────────────▲
 * </pre>
 */
final class Procedure {
  /** A run that is ended by what it does must not go on doing it for ever. */
  private static final int MAX_RESUMED = 2;

  private final HostFiles files;
  private final Journal journal;
  private final Unit unit;
  private final Health health;
  private final Function<String, Optional<Dump>> dumps;

  /**
   * @param dumps what containerd makes of a main file
   */
  Procedure(
      HostFiles files,
      Journal journal,
      Unit unit,
      Health health,
      Function<String, Optional<Dump>> dumps) {
    this.files = files;
    this.journal = journal;
    this.unit = unit;
    this.health = health;
    this.dumps = dumps;
  }

  /** What became of a change. */
  sealed interface Result {
    /** containerd runs with it. */
    record Done(String path) implements Result {}

    /** Nothing was done, and containerd was not restarted. */
    record Declined(String why) implements Result {}

    /** It was taken back. {@code isWell} says whether containerd is. */
    record TakenBack(String why, boolean isWell) implements Result {}
  }

  /** Makes a change, unless it was made or tried before. */
  Result make(Plan.Change change, boolean again) throws IOException {
    Optional<Entry> earlier = journal.find(change.key());
    if (earlier.isPresent() && !again) {
      return new Result.Declined(
          switch (earlier.get().phase()) {
            case DONE ->
                "this was done before for the same configuration and containerd, and undone since";
            case FAILED ->
                "this was tried before for the same configuration and containerd: "
                    + earlier.get().why();
            case PREPARED, RESTARTING, RESTORING -> "this is not finished yet";
          });
    }
    Optional<String> problem = unit.missing();
    if (problem.isEmpty()) {
      problem = health.problem().map(each -> "containerd is not well as it is: " + each);
    }
    if (problem.isPresent()) {
      return new Result.Declined(problem.get());
    }
    if (!files.read(change.path()).equals(change.before())) {
      return new Result.Declined(change.path() + " changed meanwhile");
    }
    Entry entry = journal.begin(change);
    files.createDirectories(String.valueOf(Path.of(change.path()).getParent()));
    files.replace(change.path(), change.after());
    return replaced(entry);
  }

  /** Ends what an earlier run did not; empty where that had not replaced anything yet. */
  Optional<Result> resume(Entry unfinished) throws IOException {
    Optional<String> text = files.read(unfinished.path());
    if (unfinished.phase() == Phase.PREPARED && unfinished.isBefore(text)) {
      journal.forget(unfinished);
      return Optional.empty();
    }
    if (unfinished.resumed() >= MAX_RESUMED) {
      return Optional.of(giveUp(unfinished, text));
    }
    Entry entry = unfinished.takenUp();
    journal.write(entry);
    if (entry.phase() != Phase.RESTORING && !entry.isAfter(text)) {
      return Optional.of(fail(entry, entry.path() + " was changed by somebody else meanwhile"));
    }
    return Optional.of(
        switch (entry.phase()) {
          case PREPARED -> replaced(entry);
          case RESTARTING ->
              entry.invocation().equals(unit.invocation()) ? restart(entry) : judge(entry, "");
          case RESTORING -> restore(entry, "an earlier run did not end");
          case DONE, FAILED -> throw new IllegalArgumentException("it is finished");
        });
  }

  private Result replaced(Entry entry) throws IOException {
    Optional<Dump> dump = dumps.apply(entry.main());
    if (dump.isEmpty() || !dump.get().configPath().equals(entry.configPath())) {
      putBack(entry);
      return fail(entry, "containerd made something else of the change than of its copy");
    }
    Entry restarting = entry.at(Phase.RESTARTING, unit.invocation());
    journal.write(restarting);
    return restart(restarting);
  }

  private Result restart(Entry entry) throws IOException {
    Outcome restarted = unit.restart();
    return judge(
        entry, restarted.succeeded() ? "" : "systemctl restart: " + restarted.complaint() + "; ");
  }

  private Result judge(Entry entry, String complaint) throws IOException {
    Optional<String> problem = health.await();
    if (problem.isEmpty()) {
      journal.write(entry.at(Phase.DONE, unit.invocation()));
      return new Result.Done(entry.path());
    }
    Entry restoring = entry.at(Phase.RESTORING, unit.invocation());
    journal.write(restoring);
    return restore(restoring, complaint + "containerd did not come back: " + problem.get());
  }

  private Result restore(Entry entry, String why) throws IOException {
    putBack(entry);
    unit.restart();
    return fail(entry, why);
  }

  /** Puts the old file in the place of the new one, and of nothing else. */
  private void putBack(Entry entry) throws IOException {
    if (!entry.isAfter(files.read(entry.path()))) {
      return;
    }
    Optional<String> old = journal.backup(entry);
    if (old.isPresent()) {
      files.replace(entry.path(), old.get());
    } else {
      files.delete(entry.path());
    }
  }

  private Result fail(Entry entry, String why) throws IOException {
    Optional<String> problem = health.await();
    journal.write(entry.failed(why));
    return new Result.TakenBack(why, problem.isEmpty());
  }

  /** Puts the old file back, and writes down that it failed before it does anything else. */
  private Result giveUp(Entry entry, Optional<String> text) throws IOException {
    boolean well = health.problem().isEmpty();
    if (well && entry.isAfter(text) && entry.phase() == Phase.RESTARTING) {
      journal.write(entry.at(Phase.DONE, unit.invocation()));
      return new Result.Done(entry.path());
    }
    putBack(entry);
    String why = "it was ended " + (MAX_RESUMED + 1) + " times before it was done";
    journal.write(entry.failed(why));
    if (!well) {
      unit.restart();
      well = health.await().isEmpty();
    }
    return new Result.TakenBack(why, well);
  }
}
