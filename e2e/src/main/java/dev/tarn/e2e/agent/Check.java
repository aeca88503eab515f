package dev.tarn.e2e.agent;

import dev.tarn.e2e.run.CaseRun;
import java.util.List;

/** What several cases demand. */
final class Check {
  private Check() {}

  static void succeeds(CaseRun run, Node.Pulled pulled) {
    run.check(pulled.succeeded(), "a pull failed: " + pulled.output());
  }

  static void comesToTarn(CaseRun run, Node.Pulled pulled) {
    succeeds(run, pulled);
    run.check(pulled.sources().contains(Source.TARN), "containerd came to " + pulled.sources());
  }

  static void noneFailed(CaseRun run, PullLoop pulls) {
    run.figure("pulls", pulls.pulls());
    List<String> failures = pulls.failures();
    run.check(
        failures.isEmpty(), failures.size() + " pulls failed:\n" + String.join("\n", failures));
  }

  static void same(CaseRun run, Snapshot before, Snapshot now) {
    List<String> differences = before.differences(now);
    run.check(differences.isEmpty(), "not as it was before:\n" + String.join("\n", differences));
  }
}
