package dev.tarn.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may be wrong with a call of a program that is not ours. */
final class CallCheck {
  private static final Pattern CONTAINER = Pattern.compile("(?m)^\\s*- name: ([a-z-]+)$");
  private static final Pattern COMPONENT =
      Pattern.compile("(?m)app\\.kubernetes\\.io/component: ([a-z-]+)$");
  private static final String COMPONENT_IS = "app.kubernetes.io/component=";
  private static final Pattern PROFILE =
      Pattern.compile("<profile>(?:\\s|<!--.*?-->)*<id>([^<]+)</id>");

  private final ChartValues values;
  private final Set<String> containers;
  private final Set<String> components;
  private final Set<String> profiles;

  private CallCheck(
      ChartValues values, Set<String> containers, Set<String> components, Set<String> profiles) {
    this.values = values;
    this.containers = containers;
    this.components = components;
    this.profiles = profiles;
  }

  static CallCheck of(Path root) throws IOException {
    Set<String> containers = new TreeSet<>();
    Set<String> components = new TreeSet<>();
    try (Stream<Path> templates = Files.walk(root.resolve("helm/tarn/templates"))) {
      for (Path template : templates.filter(Files::isRegularFile).toList()) {
        find(CONTAINER, Files.readString(template), containers);
        find(COMPONENT, Files.readString(template), components);
      }
    }
    Set<String> profiles = new TreeSet<>();
    for (String pom :
        List.of("pom.xml", "mirror-core/pom.xml", "mirror-server/pom.xml", "e2e/pom.xml")) {
      find(PROFILE, Files.readString(root.resolve(pom)), profiles);
    }
    return new CallCheck(ChartValues.of(root), containers, components, profiles);
  }

  private static void find(Pattern pattern, String text, Set<String> found) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
  }

  List<String> problems(Invocation call) {
    List<String> problems = new ArrayList<>();
    if (!Programs.REASONS.containsKey(call.program())) {
      problems.add("no program that may be taken for there: " + call.program());
    }
    Set<String> known = Programs.OPTIONS.get(call.program());
    if (known != null) {
      ownArguments(call).stream()
          .filter(argument -> argument.startsWith("-") && !argument.equals("-"))
          .map(argument -> argument.replaceFirst("=.*", ""))
          .filter(option -> !known.contains(option))
          .forEach(option -> problems.add(call.program() + " has no " + option));
    }
    switch (call.program()) {
      case "helm" -> problems.addAll(helm(call));
      case "kubectl" -> problems.addAll(kubectl(call));
      case "mvn" -> problems.addAll(maven(call));
      default -> {}
    }
    return problems;
  }

  /** Those before {@code --}: what follows is another program's. */
  private static List<String> ownArguments(Invocation call) {
    int end = call.arguments().indexOf("--");
    return end < 0 ? call.arguments() : call.arguments().subList(0, end);
  }

  private List<String> helm(Invocation call) {
    List<String> problems = new ArrayList<>();
    for (String assignment : valuesOf("--set", call)) {
      try {
        Map<?, ?> given = ChartValues.set(assignment);
        problems.addAll(values.problems(given));
      } catch (IllegalArgumentException unreadable) {
        problems.add(unreadable.getMessage());
      }
    }
    return problems;
  }

  private List<String> kubectl(Invocation call) {
    List<String> problems = new ArrayList<>();
    for (String container : valuesOf("-c", call)) {
      if (!containers.contains(container)) {
        problems.add("the chart has no container " + container);
      }
    }
    for (String selector : valuesOf("-l", call)) {
      for (String label : selector.split(",", -1)) {
        if (label.startsWith(COMPONENT_IS)
            && !components.contains(label.substring(COMPONENT_IS.length()))) {
          problems.add("the chart has no component " + label);
        }
      }
    }
    return problems;
  }

  private List<String> maven(Invocation call) {
    return call.arguments().stream()
        .filter(argument -> argument.startsWith("-P"))
        .map(argument -> argument.substring(2))
        .filter(profile -> !profiles.contains(profile))
        .map(profile -> "no pom has the profile " + profile)
        .toList();
  }

  private static List<String> valuesOf(String option, Invocation call) {
    List<String> arguments = ownArguments(call);
    List<String> values = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).equals(option) && i + 1 < arguments.size()) {
        values.add(arguments.get(i + 1));
      } else if (arguments.get(i).startsWith(option + "=")) {
        values.add(arguments.get(i).substring(option.length() + 1));
      }
    }
    return values;
  }
}
