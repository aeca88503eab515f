package dev.tarn.e2e.agent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Which of all combinations are tried: chosen greedily, from a seed, so that what must be covered
 * is covered by few.
 */
final class Selection {
  private Selection() {}

  static List<Combination> all() {
    List<Combination> all = new ArrayList<>();
    for (Release release : Release.values()) {
      for (Setting setting : Setting.values()) {
        for (Existing existing : Existing.values()) {
          all.add(new Combination(release, setting, existing, false));
          all.add(new Combination(release, setting, existing, true));
        }
      }
    }
    return all;
  }

  /** Has every value of one factor together with every value of another. */
  static List<Combination> pairs(long seed) {
    return covering(seed, Selection::pairsOf);
  }

  /** Has every value of every factor. */
  static List<Combination> singles(long seed) {
    return covering(seed, Selection::valuesOf);
  }

  private static List<Combination> covering(
      long seed, Function<Combination, Set<List<Object>>> marks) {
    List<Combination> candidates = new ArrayList<>(all());
    Set<List<Object>> open = new HashSet<>();
    candidates.forEach(each -> open.addAll(marks.apply(each)));
    Random random = new Random(seed);
    List<Combination> chosen = new ArrayList<>();
    while (!open.isEmpty()) {
      Combination best = candidates.getFirst();
      long most = -1;
      int ties = 0;
      for (Combination each : candidates) {
        long covers = marks.apply(each).stream().filter(open::contains).count();
        ties = covers == most ? ties + 1 : covers > most ? 1 : ties;
        if (covers > most || (covers == most && random.nextInt(ties) == 0)) {
          best = each;
          most = covers;
        }
      }
      chosen.add(best);
      candidates.remove(best);
      open.removeAll(marks.apply(best));
    }
    return chosen;
  }

  private static Set<List<Object>> valuesOf(Combination of) {
    return Set.of(
        List.of(of.release()),
        List.of(of.setting()),
        List.of(of.existing()),
        List.of(of.discards()));
  }

  private static Set<List<Object>> pairsOf(Combination of) {
    List<Object> values = List.of(of.release(), of.setting(), of.existing(), of.discards());
    Set<List<Object>> pairs = new HashSet<>();
    for (int left = 0; left < values.size(); left++) {
      for (int right = left + 1; right < values.size(); right++) {
        pairs.add(List.of(values.get(left), values.get(right)));
      }
    }
    return pairs;
  }
}
