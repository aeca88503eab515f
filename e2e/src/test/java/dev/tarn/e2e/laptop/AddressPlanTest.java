package dev.tarn.e2e.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AddressPlanTest {
  private final AddressPlan plan = new AddressPlan(107);

  @Test
  void addressesOfOneClusterAreApart() {
    assertThat(plan.nodes()).isEqualTo("10.107.0.");
    assertThat(plan.pods("10.107.0.11")).isEqualTo("10.107.27.0/24");
    assertThat(plan.pods("10.107.0.12")).isEqualTo("10.107.28.0/24");
    assertThat(plan.services()).isEqualTo("10.107.128.0/17");
    assertThat(plan.firstService()).isEqualTo("10.107.128.1");
  }

  @Test
  void clustersHaveDevicesWhoseNamesTheKernelTakes() {
    assertThat(List.of(plan.device(), new AddressPlan(219).device()))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.length() <= 15);
  }
}
