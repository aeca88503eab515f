package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  @Test
  void theNamespaceIsDecodedAndAllElseLeftAsItCame() {
    assertThat(Query.parse("n=5&ns=localhost%3A5000&last=a%2Fb"))
        .isEqualTo(new Query("localhost:5000", "n=5&last=a%2Fb"));
    assertThat(Query.parse("ns=docker.io")).isEqualTo(new Query("docker.io", ""));
    assertThat(Query.parse("n=1&&x")).isEqualTo(new Query(null, "n=1&&x"));
    assertThat(Query.parse("")).isEqualTo(new Query(null, ""));
    assertThat(Query.parse("nsa=b")).isEqualTo(new Query(null, "nsa=b"));
    assertThat(Query.parse("ns=")).isEqualTo(new Query("", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ns=a&ns=b",
        "ns=a&n=1&ns=a",
        "ns=%",
        "ns=a%0a",
        "ns=a b",
        "n=1\rx",
        "n=\u0000",
        "n=a b",
        "last=ä"
      })
  void aNamespaceThatIsThereTwiceOrWhatIsNoUriIsRefused(String query) {
    assertThat(Query.parse(query)).isNull();
  }
}
