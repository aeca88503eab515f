package dev.tarn.documentation;

import java.util.ArrayList;
import java.util.List;

/**
 * What is typed in a {@code console} block: lines that begin with a prompt, {@code $} or, for root,
 * {@code #}, and the indented lines after them for as long as the shell would ask for more. All
 * else is what is printed.
 */
public final class Console {
  /** One input to the shell. */
  public record Input(String page, int line, String text) {
    /** Where it is, for people. */
    public String where() {
      return page + ":" + line;
    }
  }

  private static final String CONTINUED = "  ";

  private Console() {}

  /** The inputs of a block, in their order. */
  public static List<Input> inputs(Block block) {
    List<Input> inputs = new ArrayList<>();
    List<String> lines = block.text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("$ ") && !lines.get(i).startsWith("# ")) {
        continue;
      }
      int first = i;
      StringBuilder text = new StringBuilder(lines.get(i).substring(2));
      while (Shell.isUnfinished(text.toString())
          && i + 1 < lines.size()
          && lines.get(i + 1).startsWith(CONTINUED)) {
        i++;
        text.append('\n').append(lines.get(i));
      }
      inputs.add(new Input(block.page(), block.line() + first, text.toString()));
    }
    return inputs;
  }
}
