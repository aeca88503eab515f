package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that a page calls, with its arguments.
 *
 * @param where the page and the line
 * @param isTyped whether it stands in a block, to be typed as it is; else a sentence names it,
 *     which may leave out what it needs besides
 * @param program its name, without a directory but for {@code e2e/run}
 */
public record Invocation(String where, boolean isTyped, String program, List<String> arguments) {
  public static final String SERVER = "tarn";
  public static final String AGENT = "containerd-config-agent";
  public static final String SUITES = "e2e/run";

  /** The image's argument files, by the program that each starts. */
  private static final Map<String, String> ARGUMENT_FILES =
      Map.of(
          "@/opt/tarn/serve.args", SERVER,
          "@/opt/tarn/tool.args", SERVER,
          "@/opt/tarn/agent.args", AGENT,
          "@/opt/tarn/agent-tool.args", AGENT);

  /**
   * What a shell calls by {@code words}: the program itself, and, where it is there to start one of
   * ours, that one too. {@code tarn agent} is the agent.
   */
  static List<Invocation> of(String where, boolean isTyped, List<String> words) {
    List<Invocation> invocations = new ArrayList<>();
    String program = name(words.getFirst());
    List<String> arguments = words.subList(1, words.size());
    if (program.equals(SERVER) && !arguments.isEmpty() && arguments.getFirst().equals("agent")) {
      invocations.add(
          new Invocation(where, isTyped, AGENT, arguments.subList(1, arguments.size())));
    } else {
      invocations.add(new Invocation(where, isTyped, program, arguments));
    }
    for (int i = 0; i < arguments.size(); i++) {
      String ours = ARGUMENT_FILES.get(arguments.get(i));
      if (ours != null) {
        invocations.add(
            new Invocation(where, isTyped, ours, arguments.subList(i + 1, arguments.size())));
      }
    }
    return invocations;
  }

  private static String name(String path) {
    return path.equals(SUITES) ? path : path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public String toString() {
    return where + ": " + program + " " + String.join(" ", arguments);
  }
}
