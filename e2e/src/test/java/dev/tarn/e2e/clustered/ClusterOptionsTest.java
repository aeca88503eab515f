package dev.tarn.e2e.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterOptionsTest {
  @Test
  void withoutOptionsTheClusterIsTheHarnesssOwn() {
    ClusterOptions options = ClusterOptions.of(false, Map.of());

    assertThat(options.kubeconfig()).isEmpty();
    assertThat(options.machines()).allMatch(need -> need.missing().isEmpty());
  }

  @Test
  void anotherClusterHasNoNodesToSwitchOff() {
    ClusterOptions options =
        ClusterOptions.of(false, Map.of("kubeconfig", "/k", "registry", "192.0.2.7:6000"));

    assertThat(options.machines()).allMatch(need -> need.missing().isPresent());
    assertThat(options.registryAddress().getPort()).isEqualTo(6000);
    assertThat(options.registryAddress().getHostString()).isEqualTo("192.0.2.7");
  }

  @Test
  void aRegistryWithoutAPortHasTheUsualOne() {
    ClusterOptions options =
        ClusterOptions.of(false, Map.of("kubeconfig", "/k", "registry", "192.0.2.7"));

    assertThat(options.registryAddress().getPort()).isEqualTo(5000);
  }

  @Test
  void anotherClusterIsNotHeld() {
    assertThatThrownBy(() -> ClusterOptions.of(true, Map.of("kubeconfig", "/k")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--hold");
  }
}
