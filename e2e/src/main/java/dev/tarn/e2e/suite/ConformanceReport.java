package dev.tarn.e2e.suite;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the conformance suite printed: how many tests went how, and what was not well. */
record ConformanceReport(
    boolean wellOverall, long passed, long notPassed, List<String> complaints) {
  private static final Pattern COUNT =
      Pattern.compile("^ {2}(Pass|Skip|FAIL|Error)\\.+: +(\\d+)$", Pattern.MULTILINE);
  private static final Pattern COMPLAINT =
      Pattern.compile("^ *(?:- .*|OCI Conformance Test/.*: (?:FAIL|Skip|Error))$");
  private static final int COMPLAINTS = 40;
  private static final int COMPLAINT_CHARACTERS = 300;

  ConformanceReport {
    complaints = List.copyOf(complaints);
  }

  /** Reads the summary, where what was switched off is counted apart and does not matter. */
  static ConformanceReport of(String printed) {
    long passed = 0;
    long notPassed = 0;
    Matcher counts = COUNT.matcher(printed);
    while (counts.find()) {
      long count = Long.parseLong(counts.group(2));
      if (counts.group(1).equals("Pass")) {
        passed += count;
      } else {
        notPassed += count;
      }
    }
    List<String> complaints =
        printed
            .lines()
            .filter(line -> COMPLAINT.matcher(line).matches())
            .map(line -> line.substring(0, Math.min(line.length(), COMPLAINT_CHARACTERS)))
            .limit(COMPLAINTS)
            .toList();
    boolean well = printed.contains("OCI Conformance Result: Pass\n");
    return new ConformanceReport(well, passed, notPassed, complaints);
  }
}
