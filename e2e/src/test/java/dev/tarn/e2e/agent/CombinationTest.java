package dev.tarn.e2e.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CombinationTest {
  @Test
  void severalRootsAreReadWherePullsAreLocal() {
    assertThat(new Combination(Release.V2_0, Setting.TWO_ROOTS, Existing.NONE, false).isRead())
        .isTrue();
    assertThat(new Combination(Release.V2_1, Setting.TWO_ROOTS, Existing.NONE, false).isRead())
        .isFalse();
    assertThat(new Combination(Release.V2_1, Setting.TWO_ROOTS, Existing.NONE, true).isRead())
        .isTrue();
    assertThat(new Combination(Release.V2_4, Setting.SYNC_FS, Existing.NONE, false).isRead())
        .isTrue();
  }

  @Test
  void anEmptyPathMeansTwoRootsFrom22On() {
    assertThat(new Combination(Release.V2_1, Setting.EMPTY, Existing.NONE, true).isRead())
        .isFalse();
    assertThat(new Combination(Release.V2_2, Setting.EMPTY, Existing.NONE, true).isRead()).isTrue();
    assertThat(new Combination(Release.V2_2, Setting.EMPTY, Existing.NONE, false).isRead())
        .isFalse();
  }

  /** A case that can only go one way would pass with an agent that always does the same. */
  @Test
  void theDozenHasEveryOutcome() {
    List<Combination> few = AgentOptions.of(true, Map.of()).selected();

    assertThat(few.stream().map(Combination::expectedAfter))
        .contains(Says.EFFECTIVE, Says.INEFFECTIVE);
    assertThat(few.stream().map(Combination::expectedOfInspect))
        .contains(Says.EFFECTIVE, Says.INEFFECTIVE, Says.PARTIAL);
    assertThat(few.stream().map(Combination::ownSource))
        .contains(Source.REGISTRY, Source.OPERATOR, Source.SECURED);
  }
}
