package dev.tarn.core.planner;

import java.util.ArrayDeque;

/** What happened in a run: all of it as a hash, the last of it in words. */
final class Journal {
  private static final int LINES = 400;

  private final ArrayDeque<String> last = new ArrayDeque<>();
  private long hash;

  void add(String line) {
    hash = hash * 31 + line.hashCode();
    if (last.size() == LINES) {
      last.removeFirst();
    }
    last.add(line);
  }

  long hash() {
    return hash;
  }

  /** The last lines that contain {@code text}. */
  String about(String text) {
    return String.join("\n", last.stream().filter(line -> line.contains(text)).toList());
  }
}
