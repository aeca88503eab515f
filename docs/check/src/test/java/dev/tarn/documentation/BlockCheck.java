package dev.tarn.documentation;

import java.util.List;

/** What may be wrong with blocks of a kind. */
interface BlockCheck {
  /** What is wrong with {@code block}, in words; empty where nothing is. */
  List<String> problems(Block block) throws Exception;
}
