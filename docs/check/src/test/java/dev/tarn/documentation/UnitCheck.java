package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Units of systemd: sections and keys that there are. */
final class UnitCheck implements BlockCheck {
  private static final Map<String, Set<String>> SECTIONS =
      Map.of(
          "Unit", Set.of("Description", "After"),
          "Service",
              Set.of(
                  "User",
                  "StateDirectory",
                  "ExecStart",
                  "Restart",
                  "TimeoutStopSec",
                  "SuccessExitStatus",
                  "ProtectSystem",
                  "ProtectHome",
                  "PrivateTmp",
                  "NoNewPrivileges",
                  "BindReadOnlyPaths"),
          "Install", Set.of("WantedBy"));
  private static final Pattern SECTION = Pattern.compile("\\[(\\w+)]");
  private static final Pattern ENTRY = Pattern.compile("(\\w+)=\\S.*");

  @Override
  public List<String> problems(Block block) {
    List<String> problems = new ArrayList<>();
    Set<String> keys = Set.of();
    for (String line : block.text().lines().toList()) {
      Matcher section = SECTION.matcher(line);
      Matcher entry = ENTRY.matcher(line);
      if (section.matches()) {
        keys = SECTIONS.getOrDefault(section.group(1), Set.of());
        if (keys.isEmpty()) {
          problems.add("no such section: " + line);
        }
      } else if (entry.matches()
          ? !keys.contains(entry.group(1))
          : !line.isBlank() && !line.startsWith("#")) {
        problems.add("not understood: " + line);
      }
    }
    return problems;
  }
}
