package dev.tarn.documentation;

import java.util.List;

/** What is printed or drawn: nothing that one would type. */
final class TextCheck implements BlockCheck {
  @Override
  public List<String> problems(Block block) {
    return block
        .text()
        .lines()
        .filter(line -> line.startsWith("$ "))
        .map(line -> "typed: " + line)
        .toList();
  }
}
