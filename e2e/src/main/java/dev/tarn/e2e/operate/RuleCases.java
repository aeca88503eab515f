package dev.tarn.e2e.operate;

import dev.tarn.e2e.process.Child;
import dev.tarn.e2e.process.Tools;
import dev.tarn.e2e.run.CaseRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules, by promtool. */
final class RuleCases {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private RuleCases() {}

  static void check(OperateBench bench, CaseRun run) {
    Child.Finished finished =
        promtool(run, List.of("check", "rules", bench.files().rulesFile().toString())).orFail();
    run.check(finished.output().contains("SUCCESS"), finished.output());
    run.figure("alerts", bench.files().alerts().size());
    run.figure("recordings", bench.files().recordings().size());
  }

  static void test(OperateBench bench, CaseRun run) throws IOException {
    promtool(run, List.of("test", "rules", bench.files().testsFile().toString())).orFail();
    run.figure("tests", bench.files().tests().size());
  }

  /** So that the case before can fail. */
  static void strict(OperateBench bench, CaseRun run) throws IOException {
    String rules = Files.readString(bench.files().rulesFile());
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("tarn_membership_age_seconds > 900", "tarn_membership_age_seconds > 500");
    changes.put("expr: tarn_ready == 0\n        for: 5m", "expr: tarn_ready == 0\n        for: 3m");
    changes.put(
        "outcome=~\"timeout|unavailable|cut\"", "outcome=~\"timeout|unavailable|cut|aborted\"");
    changes.put("{verdict=\"ineffective\"} == 1", "{verdict=\"unknown\"} == 1");
    for (Map.Entry<String, String> change : changes.entrySet()) {
      String wrong = rules.replace(change.getKey(), change.getValue());
      run.check(!wrong.equals(rules), change.getKey() + " is not in the rules");
      Path directory = run.workspace().makeDirectory("wrong");
      Path file = Files.writeString(directory.resolve("rules.yaml"), wrong);
      String tests = Files.readString(bench.files().testsFile());
      Path test =
          Files.writeString(
              directory.resolve("alerts.yaml"),
              tests.replace("../../helm/tarn/files/rules.yaml", file.toString()));
      run.check(
          promtool(run, List.of("test", "rules", test.toString())).status() != 0,
          "the tests pass with " + change.getValue());
    }
    run.figure("changes", changes.size());
  }

  private static Child.Finished promtool(CaseRun run, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Tools.onPath("promtool").orElseThrow().toString());
    command.addAll(arguments);
    return Child.run("promtool", run.workspace().directory(), Map.of(), command, LIMIT);
  }
}
