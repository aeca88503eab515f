package dev.tarn.agent.follow;

import dev.tarn.agent.config.Configuration;
import dev.tarn.agent.hosts.Target;
import dev.tarn.agent.tree.Entries;
import dev.tarn.agent.tree.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Takes everything of ours back, whatever is configured and whoever runs; then it is done. */
public final class Uninstall {
  /** Another agent may still be at work: what it puts there meanwhile is taken, too. */
  private static final int ROUNDS = 3;

  private Uninstall() {}

  /**
   * What was done.
   *
   * @param lines for a person, one an entry
   * @param complete whether nothing of ours stands any more
   */
  public record Outcome(List<String> lines, boolean complete) {
    public Outcome {
      lines = List.copyOf(lines);
    }
  }

  public static Outcome run(Node node, List<String> roots) {
    List<String> lines = new ArrayList<>();
    boolean complete = true;
    for (String root : roots) {
      complete &= clear(root, node.under(root), lines);
    }
    return new Outcome(lines, complete);
  }

  private static boolean clear(String root, Entries entries, List<String> lines) {
    for (int round = 0; round < ROUNDS; round++) {
      Set<Target> standing = entries.standing();
      if (standing.isEmpty()) {
        return true;
      }
      boolean last = round == ROUNDS - 1;
      for (Target target : standing) {
        Standing now = entries.withdraw(target);
        String what = root + ", " + Configuration.name(target) + ": ";
        switch (now) {
          case Standing.Absent() -> lines.add(what + "taken back");
          case Standing.LeftAlone(String why) -> lines.add(what + "left alone: " + why);
          case Standing.Failed(String why) -> {
            if (last) {
              lines.add(what + "not taken back: " + why);
            }
          }
          case Standing.Present _ -> {
            if (last) {
              lines.add(what + "is put there again and again");
            }
          }
        }
      }
    }
    return entries.standing().isEmpty();
  }
}
