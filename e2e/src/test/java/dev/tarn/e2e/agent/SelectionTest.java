package dev.tarn.e2e.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final List<Function<Combination, Object>> FACTORS =
      List.of(
          Combination::release, Combination::setting, Combination::existing, Combination::discards);

  @Test
  void pairsHaveEveryValueWithEveryOther() {
    List<Combination> pairs = Selection.pairs(1);

    for (Function<Combination, Object> left : FACTORS) {
      for (Function<Combination, Object> right : FACTORS) {
        assertThat(values(pairs, left, right)).isEqualTo(values(Selection.all(), left, right));
      }
    }
    assertThat(pairs).doesNotHaveDuplicates().hasSizeBetween(80, 110);
  }

  @Test
  void aSeedGivesTheSameAgainAndAnotherSomethingElse() {
    assertThat(Selection.pairs(7)).isEqualTo(Selection.pairs(7));
    assertThat(Selection.pairs(7)).isNotEqualTo(Selection.pairs(8));
  }

  @Test
  void quickIsADozenWithEveryValue() {
    List<Combination> few = AgentOptions.of(true, Map.of()).selected();

    assertThat(few).hasSize(12);
    for (Function<Combination, Object> factor : FACTORS) {
      assertThat(values(few, factor, factor)).isEqualTo(values(Selection.all(), factor, factor));
    }
  }

  @Test
  void allIsEveryCombination() {
    assertThat(AgentOptions.of(true, Map.of("combinations", "all")).selected())
        .hasSize(Release.values().length * Setting.values().length * Existing.values().length * 2);
  }

  @Test
  void optionsThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> AgentOptions.of(false, Map.of("combinations", "some")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AgentOptions.of(false, Map.of("seed", "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Set<List<Object>> values(
      List<Combination> combinations,
      Function<Combination, Object> left,
      Function<Combination, Object> right) {
    Set<List<Object>> values = new HashSet<>();
    combinations.forEach(each -> values.add(List.of(left.apply(each), right.apply(each))));
    return values;
  }
}
