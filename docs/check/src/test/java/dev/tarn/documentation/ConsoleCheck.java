package dev.tarn.documentation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is typed: it parses in bash, leaves nothing out, and calls what may be called, rightly. */
final class ConsoleCheck implements BlockCheck {
  private static final String LEFT_OUT = "…";

  private final CallCheck calls;

  ConsoleCheck(CallCheck calls) {
    this.calls = calls;
  }

  @Override
  public List<String> problems(Block block) throws IOException, InterruptedException {
    List<Console.Input> inputs = Console.inputs(block);
    List<String> problems = new ArrayList<>();
    if (inputs.isEmpty()) {
      problems.add("nothing is typed: text?");
    }
    for (Console.Input input : inputs) {
      if (withoutComments(input.text()).contains(LEFT_OUT)) {
        problems.add("cannot be typed as it is: " + input.text());
      }
      for (List<String> words : Shell.commands(input.text())) {
        for (Invocation call : Invocation.of(input.where(), true, words)) {
          calls.problems(call).forEach(problem -> problems.add(call + ": " + problem));
        }
      }
    }
    problems.addAll(
        bash(inputs.stream().map(Console.Input::text).collect(Collectors.joining("\n"))));
    return problems;
  }

  private static String withoutComments(String text) {
    return text.replaceAll("(?m)\\s#\\s.*$", "");
  }

  private static List<String> bash(String script) throws IOException, InterruptedException {
    Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
    bash.outputWriter(StandardCharsets.UTF_8).append(script).append('\n').close();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return bash.waitFor() == 0 ? List.of() : List.of(said.strip());
  }
}
