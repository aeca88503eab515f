package dev.tarn.agent.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerdVersionTest {
  @ParameterizedTest
  @CsvSource({
    "2.1.4, 2.1.4",
    "v1.7.29-k3s1, 1.7.29",
    "1.6.20~ds1, 1.6.20",
    "2.0.0-rc.1, 2.0.0",
    "2.1, 2.1.0",
    "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3, 1.6.20",
    "containerd github.com/containerd/containerd/v2 v2.1.5 fcd43222d6b0, 2.1.5",
    "containerd github.com/k3s-io/containerd v2.1.5-k3s1 fcd43222d6b0, 2.1.5"
  })
  void findsTheVersion(String text, String version) {
    assertThat(ContainerdVersion.parse(text)).map(ContainerdVersion::toString).contains(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "v2", "two.one", "containerd", "99999999999.1"})
  void findsNoneWhereThereIsNone(String text) {
    assertThat(ContainerdVersion.parse(text)).isEmpty();
  }

  @Test
  void onlyContainerdsOwnUserAgentCounts() {
    assertThat(ContainerdVersion.ofUserAgent("containerd/v2.1.4"))
        .contains(new ContainerdVersion(2, 1, 4));
    assertThat(ContainerdVersion.ofUserAgent("containerd/1.6.20~ds1"))
        .contains(new ContainerdVersion(1, 6, 20));
    assertThat(ContainerdVersion.ofUserAgent("crane/0.22.1")).isEmpty();
  }

  @Test
  void isOrderedByItsNumbers() {
    assertThat(new ContainerdVersion(2, 10, 0)).isGreaterThan(new ContainerdVersion(2, 9, 11));
    assertThat(new ContainerdVersion(1, 7, 14).atLeast(1, 7, 14)).isTrue();
    assertThat(new ContainerdVersion(1, 7, 13).atLeast(1, 7, 14)).isFalse();
  }
}
