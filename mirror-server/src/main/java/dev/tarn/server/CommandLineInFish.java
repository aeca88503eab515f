package dev.tarn.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Completion for fish, which picocli does not have: a line for each command, option and word. Pure.
 *
 * @see <a href="https://fishshell.com/docs/current/completions.html">Writing your own
 *     completions</a>
 */
final class CommandLineInFish {
  private final List<String> lines = new ArrayList<>();

  private CommandLineInFish() {}

  static String script(CommandSpec tarn) {
    CommandLineInFish fish = new CommandLineInFish();
    fish.lines.add("# Completion of tarn for fish.");
    fish.lines.add("complete -c tarn -f");
    fish.command(tarn, List.of());
    return String.join("\n", fish.lines) + "\n";
  }

  private void command(CommandSpec command, List<String> path) {
    Map<String, CommandLine> commands = new LinkedHashMap<>(command.subcommands());
    commands.values().removeIf(each -> each.getCommandSpec().usageMessage().hidden());
    String names = String.join(" ", commands.keySet());
    String here =
        path.stream()
            .map(name -> "__fish_seen_subcommand_from " + name)
            .collect(Collectors.joining("; and "));
    String before =
        commands.isEmpty()
            ? here
            : (here.isEmpty() ? "" : here + "; and ") + "not __fish_seen_subcommand_from " + names;
    commands.forEach(
        (name, each) -> {
          String[] description = each.getCommandSpec().usageMessage().description();
          lines.add(condition(before) + " -a " + name + description(description));
        });
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        option(option, before);
      }
    }
    command
        .positionalParameters()
        .forEach(
            parameter -> {
              String words = words(parameter);
              if (!words.isEmpty()) {
                lines.add(condition(before) + words);
              } else if (isFile(parameter)) {
                lines.add(condition(before) + " -F");
              }
            });
    commands.forEach(
        (name, each) -> {
          List<String> further = new ArrayList<>(path);
          further.add(name);
          command(each.getCommandSpec(), further);
        });
  }

  private void option(OptionSpec option, String condition) {
    StringBuilder line = new StringBuilder(condition(condition));
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (option.arity().max() > 0) {
      String words = words(option);
      line.append(isFile(option) ? " -r -F" : " -x" + words);
    }
    lines.add(line + description(option.description()));
  }

  private static String condition(String condition) {
    return "complete -c tarn" + (condition.isEmpty() ? "" : " -n '" + condition + "'");
  }

  private static String words(ArgSpec argument) {
    if (argument.completionCandidates() == null) {
      return "";
    }
    List<String> words = new ArrayList<>();
    argument.completionCandidates().forEach(words::add);
    return words.isEmpty() ? "" : " -a '" + String.join(" ", words) + "'";
  }

  private static boolean isFile(ArgSpec argument) {
    return Path.class.isAssignableFrom(argument.type());
  }

  /** The first sentence: there is a line for it. */
  private static String description(String[] description) {
    String whole = Arrays.stream(description).findFirst().orElse("");
    String first = whole.split("(?<=[.;:])\\s|\\$\\{", 2)[0].replaceAll("[\\s.,;:]+$", "");
    return first.isEmpty() ? "" : " -d '" + first.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
