package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy variables of the environment say. */
class ProxyRulesTest {
  @ParameterizedTest
  @CsvSource({
    "registry.example, true",
    "example, true",
    ".example, true",
    "*.example, true",
    "REGISTRY.EXAMPLE, true",
    "registry.example:443, true",
    "a;registry.example:80, false",
    "a; b ;registry.example, true",
    "y.example, false",
    ".registry.example, false",
    "*, true",
    "10.0.0.0/8, false",
  })
  void noProxySaysWhoIsReachedDirectly(String noProxy, boolean direct) {
    ProxyRules rules =
        ProxyRules.from(Map.of("HTTPS_PROXY", "proxy:3128", "NO_PROXY", noProxy.replace(';', ',')));

    assertThat(rules.proxyFor(new Site(true, "registry.example", 443)).isEmpty()).isEqualTo(direct);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/8, 11.1.2.3, false",
    "10.1.2.3, 10.1.2.3, true",
    "10.1.2.3:5000, 10.1.2.3, false",
    "10.1.2.3:443, 10.1.2.3, true",
    "fd00::/8, fd00::1, true",
    "x, 127.0.0.1, true",
    "x, ::1, true",
    "x, localhost, true",
    "x, a.localhost, true",
  })
  void noProxyKnowsAddressesAndLoopbackIsNeverProxied(String noProxy, String host, boolean direct) {
    ProxyRules rules =
        ProxyRules.from(Map.of("https_proxy", "http://proxy:3128", "no_proxy", noProxy));

    assertThat(rules.proxyFor(new Site(true, host, 443)).isEmpty()).isEqualTo(direct);
  }

  @Test
  void eachSchemeHasItsOwnProxy() {
    ProxyRules rules = ProxyRules.from(Map.of("HTTPS_PROXY", "http://s:1", "HTTP_PROXY", "p:2"));

    assertThat(rules.proxyFor(new Site(true, "r", 443)).orElseThrow()).hasToString("http://s:1");
    assertThat(rules.proxyFor(new Site(false, "r", 80)).orElseThrow()).hasToString("http://p:2");
    assertThat(ProxyRules.from(Map.of()).proxyFor(new Site(true, "r", 443))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://p:1", "https://user:secret@p:1", "http://", "http://se cret@p"})
  void aProxyThatCannotBeUsedIsRefusedWithoutItsSecrets(String value) {
    assertThatThrownBy(() -> ProxyRules.from(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageNotContaining("cret");
  }
}
