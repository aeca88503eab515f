package dev.tarn.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the whole benchmarks promise, and what the quick ones may let pass. */
class ScaleTest {
  private static final Scale WHOLE = Scale.of(false);
  private static final Scale QUICK = Scale.of(true);

  @Test
  void wholeBenchmarksHoldTheLimitsAsTheyAre() {
    assertThat(WHOLE.lenience()).isEqualTo(1);
    assertThat(ColdScale.of(false).lenience()).isEqualTo(1);
  }

  @Test
  void quickOnesAreHalfAsStrict() {
    assertThat(QUICK.lenience()).isEqualTo(2);
    assertThat(ColdScale.of(true).lenience()).isEqualTo(2);
  }

  @Test
  void aWholeBenchmarkHasAtLeastFiveRoundsOfTheFullSize() {
    assertThat(WHOLE.rounds()).isGreaterThanOrEqualTo(5);
    assertThat(WHOLE.pullRounds()).isGreaterThanOrEqualTo(5);
    assertThat(WHOLE.starts()).isGreaterThanOrEqualTo(5);
    assertThat(ColdScale.of(false).rounds()).isGreaterThanOrEqualTo(5);
    assertThat(WHOLE.blobBytes()).isEqualTo(300_000_000);
    assertThat(WHOLE.idle()).hasMinutes(1);
  }

  @Test
  void whateverTheScaleNoFigureComesFromNothing() {
    for (Scale scale : new Scale[] {WHOLE, QUICK}) {
      assertThat(scale.rounds()).isPositive();
      assertThat(scale.pullRounds()).isPositive();
      assertThat(scale.starts()).isPositive();
      assertThat(scale.round()).isPositive();
      assertThat(scale.idle()).isPositive();
    }
    assertThat(ColdScale.of(true).rounds()).isPositive();
    assertThat(ColdScale.of(true).manyLayerBytes())
        .hasSizeLessThan(ColdScale.of(false).manyLayerBytes().size());
  }
}
