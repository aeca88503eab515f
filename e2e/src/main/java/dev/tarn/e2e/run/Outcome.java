package dev.tarn.e2e.run;

import java.time.Duration;
import java.util.Map;

/** How one case went. */
sealed interface Outcome {
  record Passed(Duration took, Map<String, Object> figures) implements Outcome {}

  record Failed(Duration took, Map<String, Object> figures, String reason) implements Outcome {}

  record Skipped(String reason) implements Outcome {}
}
