package dev.tarn.e2e.run;

import dev.tarn.e2e.check.CaseFailed;
import dev.tarn.e2e.process.Workspace;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a suite's cases, a line each, on the calling thread's behalf: one after another, or as many
 * at once as the suite allows.
 */
public final class SuiteRunner {
  private final PrintStream out;
  private final Path work;
  private final boolean keep;
  private final Predicate<String> selected;

  /**
   * Makes a runner.
   *
   * @param work where suites make their directories
   * @param keep whether work directories stay even where every case passed
   * @param selected which cases to run, by name
   */
  public SuiteRunner(PrintStream out, Path work, boolean keep, Predicate<String> selected) {
    this.out = out;
    this.work = work;
    this.keep = keep;
    this.selected = selected;
  }

  /** Runs the suite, prints a line a case and at the end the RESULT line. */
  public <S> SuiteResult run(Suite<S> suite) {
    SuiteResult result = new SuiteResult(suite.name(), suite.headlines());
    List<Case<S>> cases = suite.cases().stream().filter(c -> selected.test(c.name())).toList();
    out.printf("%s: %d cases%n", suite.name(), cases.size());
    List<String> missing = missing(suite.needs());
    if (!missing.isEmpty()) {
      out.printf("%s cannot run, there is no:%n", suite.name());
      missing.forEach(line -> out.println("  " + line));
      cases.forEach(c -> skip(result, c, "no " + String.join("; no ", missing)));
    } else {
      runWith(suite, cases, result);
    }
    out.println(result.line());
    return result;
  }

  private <S> void runWith(Suite<S> suite, List<Case<S>> cases, SuiteResult result) {
    Workspace workspace = Workspace.create(work, suite.name());
    try {
      try {
        S shared = suite.open(workspace);
        runAll(suite, shared, cases, workspace, result);
      } finally {
        workspace.closeResources();
      }
    } catch (Exception broken) {
      // What the cases share did not start or did not stop: nothing that did not run has passed.
      String reason = suite.name() + "'s set-up: " + describe(broken);
      out.println("FAILED  " + reason);
      result.add("(set-up)", new Outcome.Failed(Duration.ZERO, Map.of(), reason));
    }
    if (result.green() && !keep) {
      workspace.delete();
    } else {
      out.printf("Logs and state of %s: %s%n", suite.name(), workspace.directory());
    }
  }

  private <S> void runAll(
      Suite<S> suite, S shared, List<Case<S>> cases, Workspace workspace, SuiteResult result)
      throws Exception {
    List<Callable<@Nullable Void>> runs = new ArrayList<>();
    for (Case<S> each : cases) {
      String directory = String.format(Locale.ROOT, "%02d", runs.size() + 1);
      runs.add(
          () -> {
            runCase(each, shared, workspace.child(directory), suite.caseLimit(), result);
            return null;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(suite.sideBySide())) {
      for (Future<@Nullable Void> over : threads.invokeAll(runs)) {
        over.get();
      }
    }
  }

  private <S> void runCase(
      Case<S> each, S shared, Workspace workspace, Duration limit, SuiteResult result) {
    List<String> missing = missing(each.needs());
    if (!missing.isEmpty()) {
      skip(result, each, "no " + String.join("; no ", missing));
      return;
    }
    long start = System.nanoTime();
    CaseRun run = new CaseRun(workspace);
    Optional<String> problem = problemOf(each, shared, run, limit);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (problem.isEmpty()) {
      print("ok      %6.1f s  %s".formatted(took.toMillis() / 1e3, each.name()));
      result.add(each.name(), new Outcome.Passed(took, run.figures()));
      if (!keep) {
        workspace.delete();
      }
    } else {
      print(
          "FAILED  %6.1f s  %s\n    %s\n    logs: %s"
              .formatted(
                  took.toMillis() / 1e3,
                  each.name(),
                  problem.get().replace("\n", "\n    "),
                  workspace.directory()));
      result.add(each.name(), new Outcome.Failed(took, run.figures(), problem.get()));
    }
  }

  /** At once, so that nothing of another case comes between. */
  private synchronized void print(String text) {
    out.println(text);
    out.flush();
  }

  private static <S> Optional<String> problemOf(
      Case<S> each, S shared, CaseRun run, Duration limit) {
    FutureTask<@Nullable Void> task =
        new FutureTask<>(
            () -> {
              each.body().run(shared, run);
              return null;
            });
    Thread thread = Thread.ofPlatform().name("case").daemon().start(task);
    List<String> problems = new ArrayList<>();
    try {
      task.get(limit.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      problems.add(describe(failed.getCause()));
    } catch (TimeoutException late) {
      problems.add("not over within " + limit.toMinutes() + " minutes");
      thread.interrupt();
    } catch (InterruptedException interrupted) {
      problems.add("interrupted");
      thread.interrupt();
    }
    try {
      run.workspace().closeResources();
    } catch (Exception broken) {
      problems.add("clearing up: " + describe(broken));
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", problems));
  }

  private <S> void skip(SuiteResult result, Case<S> each, String reason) {
    print("SKIPPED           %s: %s".formatted(each.name(), reason));
    result.add(each.name(), new Outcome.Skipped(reason));
  }

  private static List<String> missing(List<Need> needs) {
    return needs.stream().map(Need::missing).flatMap(Optional::stream).toList();
  }

  private static String describe(@Nullable Throwable thrown) {
    if (thrown instanceof ExecutionException && thrown.getCause() != null) {
      return describe(thrown.getCause());
    }
    if (thrown instanceof CaseFailed failed) {
      return String.valueOf(failed.getMessage());
    }
    StringBuilder text = new StringBuilder(String.valueOf(thrown));
    if (thrown != null) {
      StackTraceElement[] trace = thrown.getStackTrace();
      for (int i = 0; i < Math.min(8, trace.length); i++) {
        text.append("\n  at ").append(trace[i]);
      }
      if (thrown.getCause() != null) {
        text.append("\ncaused by ").append(thrown.getCause());
      }
    }
    return text.toString();
  }
}
