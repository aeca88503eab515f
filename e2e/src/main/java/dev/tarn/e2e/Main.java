package dev.tarn.e2e;

import dev.tarn.e2e.access.AccessSuite;
import dev.tarn.e2e.agent.AgentSuite;
import dev.tarn.e2e.bench.ColdSuite;
import dev.tarn.e2e.bench.ServeSuite;
import dev.tarn.e2e.chaos.ChaosSuite;
import dev.tarn.e2e.chart.ChartSuite;
import dev.tarn.e2e.clustered.ClusterSuite;
import dev.tarn.e2e.container.ImageSuite;
import dev.tarn.e2e.fanout.FanoutSuite;
import dev.tarn.e2e.operate.OperateSuite;
import dev.tarn.e2e.page.PageSuite;
import dev.tarn.e2e.run.Need;
import dev.tarn.e2e.run.Suite;
import dev.tarn.e2e.run.SuiteRunner;
import dev.tarn.e2e.simulate.SimulateSuite;
import dev.tarn.e2e.suite.ClientsSuite;
import dev.tarn.e2e.suite.ConformanceSuite;
import dev.tarn.e2e.suite.ContainerdSuite;
import dev.tarn.e2e.suite.SoakSuite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What e2e/run starts: runs the suites named on the command line, one after another. */
public final class Main {
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  static final Set<String> OPTIONS =
      Stream.of(
              SimulateSuite.OPTIONS,
              FanoutSuite.OPTIONS,
              ChaosSuite.OPTIONS,
              AgentSuite.OPTIONS,
              OperateSuite.OPTIONS,
              ClusterSuite.OPTIONS,
              PageSuite.OPTIONS)
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  private Main() {}

  static List<Suite<?>> suites(boolean quick, boolean hold, Map<String, String> options) {
    return List.of(
        new ContainerdSuite(),
        new ConformanceSuite(),
        new ClientsSuite(),
        new SoakSuite(),
        new AccessSuite(),
        new ServeSuite(quick),
        new ColdSuite(quick),
        new SimulateSuite(options),
        new FanoutSuite(quick, options),
        new ChaosSuite(options),
        new AgentSuite(quick, options),
        new ChartSuite(quick),
        new OperateSuite(options),
        new ImageSuite(),
        new ClusterSuite(hold, options),
        new PageSuite(options));
  }

  public static void main(String[] arguments) {
    List<String> names = new ArrayList<>();
    boolean keep = false;
    boolean quick = false;
    boolean hold = false;
    Map<String, String> options = new LinkedHashMap<>();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--list")) {
        list();
        return;
      } else if (argument.equals("--names")) {
        suites(false, false, Map.of()).forEach(suite -> System.out.println(suite.name()));
        return;
      } else if (argument.equals("--quick")) {
        quick = true;
      } else if (argument.equals("--hold")) {
        hold = true;
      } else if (argument.equals("--keep")) {
        keep = true;
      } else if (argument.startsWith("--case=")) {
        parts.add(argument.substring("--case=".length()));
      } else if (OPTIONS.contains(argument) && i + 1 < arguments.length) {
        options.put(argument.substring(2), arguments[++i]);
      } else if (argument.startsWith("-")) {
        misused("no such option: " + argument);
      } else {
        names.add(argument);
      }
    }
    if (names.isEmpty()) {
      misused("which suite?");
    }
    List<Suite<?>> all = suitesWith(quick, hold, options);
    List<Suite<?>> suites = new ArrayList<>();
    for (String name : names) {
      Optional<Suite<?>> suite = all.stream().filter(s -> s.name().equals(name)).findFirst();
      suite.ifPresentOrElse(suites::add, () -> misused("no such suite: " + name));
    }
    Predicate<String> selected = name -> parts.isEmpty() || parts.stream().anyMatch(name::contains);
    // By default on disk: images do not belong in memory.
    Path work = Path.of(System.getenv().getOrDefault("TARN_E2E_WORK", "/var/tmp"));
    SuiteRunner runner = new SuiteRunner(System.out, work, keep, selected);
    boolean green = true;
    for (Suite<?> suite : suites) {
      green &= runner.run(suite).green();
    }
    System.exit(green ? 0 : FAILED);
  }

  private static List<Suite<?>> suitesWith(
      boolean quick, boolean hold, Map<String, String> options) {
    try {
      return suites(quick, hold, options);
    } catch (IllegalArgumentException wrong) {
      misused(String.valueOf(wrong.getMessage()));
      throw wrong;
    }
  }

  private static void list() {
    for (Suite<?> suite : suites(false, false, Map.of())) {
      System.out.printf("%-12s %s%n", suite.name(), suite.summary());
      List<Need> needs = new ArrayList<>(suite.needs());
      suite.cases().stream().flatMap(c -> c.needs().stream()).forEach(needs::add);
      System.out.printf(
          "%-12s needs %s%n",
          "", String.join(", ", needs.stream().map(Need::what).distinct().toList()));
      needs.stream()
          .map(Need::missing)
          .flatMap(Optional::stream)
          .distinct()
          .forEach(missing -> System.out.printf("%-12s MISSING %s%n", "", missing));
    }
  }

  private static void misused(String what) {
    System.err.println("e2e/run: " + what);
    System.err.println(
        "usage: e2e/run [--keep] [--quick] [--case=PART-OF-NAME] SUITE… [--OPTION VALUE]…   or:"
            + " e2e/run --list");
    System.exit(MISUSED);
  }
}
