package dev.tarn.e2e.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.e2e.run.Case;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessSuiteTest {
  /** Results are kept by name. */
  @Test
  void everyCaseHasANameOfItsOwn() {
    List<String> names = new AccessSuite().cases().stream().map(Case::name).toList();

    assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(50);
  }
}
