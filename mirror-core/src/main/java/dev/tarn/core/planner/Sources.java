package dev.tarn.core.planner;

import java.util.ArrayList;
import java.util.List;

/**
 * Whom a chunk could be had from: who disappointed and is asked only where nobody else is left, who
 * gave wrong bytes and is asked no more, and who was found good and not chosen. The planner's
 * thread.
 */
final class Sources {
  private final Kernel kernel;
  private final List<String> avoided = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  Sources(Kernel kernel) {
    this.kernel = kernel;
  }

  /** The last {@link Limits#NAMES} who disappointed. */
  List<String> avoided() {
    return avoided;
  }

  void avoid(String member) {
    if (avoided.contains(member)) {
      return;
    }
    if (avoided.size() == Limits.NAMES) {
      avoided.removeFirst();
    }
    avoided.add(member);
  }

  /** What it gave was not what it said, and would not be the next time. */
  void wrong(String member) {
    avoid(member);
    if (!wrong.contains(member)) {
      wrong.add(member);
    }
  }

  /** Whether there is somebody among them, and nobody but those who gave wrong bytes. */
  boolean onlyWrong(List<String> names) {
    return !names.isEmpty() && wrong.containsAll(names);
  }

  /** Those of them who can be asked and did not disappoint. */
  List<String> wanted(List<String> names) {
    return names.stream().filter(kernel::usable).filter(name -> !avoided.contains(name)).toList();
  }

  /**
   * Those of them who can be asked, are neither this node nor {@code current}, and gave nothing
   * wrong; those who disappointed only where there is nobody else.
   */
  List<String> others(List<String> names, String current) {
    List<String> others =
        names.stream()
            .filter(name -> !name.equals(kernel.self()) && !name.equals(current))
            .filter(kernel::usable)
            .filter(name -> !wrong.contains(name))
            .toList();
    List<String> better = others.stream().filter(name -> !avoided.contains(name)).toList();
    return better.isEmpty() ? others : better;
  }

  /** These were found good, the best first; others, who were before them, are forgotten. */
  void keep(List<String> best) {
    kept.clear();
    kept.addAll(best);
  }

  boolean hasNext() {
    return !kept.isEmpty();
  }

  /** The best of those kept, who is kept no more. */
  String next() {
    return kept.removeFirst();
  }
}
