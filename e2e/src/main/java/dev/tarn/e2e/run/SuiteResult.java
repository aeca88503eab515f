package dev.tarn.e2e.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How every case of a suite went, and the line that says so. Thread-safe. */
public final class SuiteResult {
  private final String suite;
  private final List<String> headlines;
  private final Map<String, Outcome> outcomes = new LinkedHashMap<>();

  SuiteResult(String suite, List<String> headlines) {
    this.suite = suite;
    this.headlines = List.copyOf(headlines);
  }

  synchronized void add(String caseName, Outcome outcome) {
    outcomes.put(caseName, outcome);
  }

  /** Whether every case ran and passed, and there was one. */
  public synchronized boolean green() {
    return !outcomes.isEmpty() && count(Outcome.Passed.class) == outcomes.size();
  }

  private long count(Class<? extends Outcome> kind) {
    return outcomes.values().stream().filter(kind::isInstance).count();
  }

  /** One line: {@code RESULT} and a JSON object. */
  public synchronized String line() {
    Map<String, Map<String, Object>> figures = new LinkedHashMap<>();
    Map<String, String> reasons = new LinkedHashMap<>();
    outcomes.forEach(
        (name, outcome) -> {
          switch (outcome) {
            case Outcome.Passed passed -> addFigures(figures, name, passed.figures());
            case Outcome.Failed failed -> {
              addFigures(figures, name, failed.figures());
              reasons.put(name, failed.reason());
            }
            case Outcome.Skipped skipped -> reasons.put(name, "skipped: " + skipped.reason());
          }
        });
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("suite", suite);
    json.put("cases", List.copyOf(outcomes.keySet()));
    json.put("passed", count(Outcome.Passed.class));
    json.put("failed", count(Outcome.Failed.class));
    json.put("skipped", count(Outcome.Skipped.class));
    figures.values().forEach(ofCase -> addHeadlines(json, ofCase));
    json.put("figures", figures);
    if (!reasons.isEmpty()) {
      json.put("reasons", reasons);
    }
    try {
      return "RESULT " + new ObjectMapper().writeValueAsString(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("strings and numbers are JSON", impossible);
    }
  }

  private static void addFigures(
      Map<String, Map<String, Object>> all, String caseName, Map<String, Object> figures) {
    if (!figures.isEmpty()) {
      all.put(caseName, figures);
    }
  }

  private void addHeadlines(Map<String, Object> json, Map<String, Object> figures) {
    for (String headline : headlines) {
      Object figure = figures.get(headline);
      if (figure != null) {
        json.put(headline, figure);
      }
    }
  }
}
