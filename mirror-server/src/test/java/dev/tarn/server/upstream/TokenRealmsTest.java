package dev.tarn.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which realms may be shown a password. */
class TokenRealmsTest {
  private static boolean allowed(String origin, String realm, String... listed) {
    return new TokenRealms(Set.of(listed)).allow(site(origin), site(realm));
  }

  private static Site site(String url) {
    return Site.of(URI.create(url)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io",
    "https://docker.io, https://auth.docker.io",
    "https://registry.gitlab.com, https://gitlab.com",
    "https://gitlab.com, https://registry.gitlab.com",
    "https://quay.io, https://quay.io",
    "https://quay.io, https://auth.quay.io",
    "https://gcr.io, https://gcr.io",
    "https://registry.example.co.uk, https://auth.example.co.uk",
    "https://a.b.example.com:5000, https://auth.example.com",
    "https://tenant.azurecr.io, https://tenant.azurecr.io",
    "https://registry.example.com:5000, https://registry.example.com:5001",
    "http://registry, http://registry:5001",
    "http://127.0.0.1:5000, http://127.0.0.1:5001",
    "http://127.0.0.1:5000, https://127.0.0.1",
    "https://[fd00::1], https://[fd00::1]:5001",
    "http://registry.a.svc.cluster.local, http://registry.a.svc.cluster.local",
    "https://Registry.Example.COM, https://auth.example.com",
  })
  void theOriginsOwn(String origin, String realm) {
    assertThat(allowed(origin, realm)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://registry-1.docker.io, https://auth.docker.io.example.com",
    "https://registry-1.docker.io, https://authdocker.io",
    "https://registry.gitlab.com, http://gitlab.com",
    "https://registry.gitlab.com, http://registry.gitlab.com",
    "https://registry.example.com, https://example.org",
    "https://registry.example.com, https://evilexample.com",
    "https://registry.example.com, https://com",
    "https://registry.example.com, https://auth.example.com.",
    "https://example.co.uk, https://evil.co.uk",
    "https://registry.example.co.uk, https://auth.other.co.uk",
    "https://gcr.io, https://evil.gcr.io",
    "https://eu.gcr.io, https://evil.gcr.io",
    "https://tenant.azurecr.io, https://evil.azurecr.io",
    "https://1.dkr.ecr.us-east-1.amazonaws.com, https://evil.s3.us-east-1.amazonaws.com",
    "https://1.dkr.ecr.us-east-1.amazonaws.com, https://evil.us-east-1.amazonaws.com",
    "https://1.dkr.ecr.cn-north-1.amazonaws.com.cn, https://evil.amazonaws.com.cn",
    "https://europe-docker.pkg.dev, https://evil.pkg.dev",
    "https://tenant.jfrog.io, https://evil.jfrog.io",
    "http://registry.a.svc.cluster.local, http://evil.b.svc.cluster.local",
    "http://registry.a.svc.cluster.local, http://evil.a.svc.cluster.local",
    "http://registry.a.svc, http://evil.a.svc",
    "http://registry.a.svc.corp.example, http://evil.b.svc.corp.example",
    "http://registry, http://evil",
    "http://registry, http://evil.registry",
    "http://127.0.0.1, http://127.0.0.2",
    "http://10.1.0.1, http://10.2.0.1",
    "http://10.0.0.1, http://evil.0.1",
    "http://127.0.0.1, http://localhost",
    "http://localhost, http://127.0.0.1",
    "https://[fd00::1], https://[fd00::2]",
  })
  void everyoneElses(String origin, String realm) {
    assertThat(allowed(origin, realm)).isFalse();
  }

  @Test
  void whatTheOperatorListedIsTheOriginsOwnButNeverByHttpWhereTheOriginIsHttps() {
    assertThat(allowed("https://a.example", "https://sso.other.org", "sso.other.org")).isTrue();
    assertThat(allowed("https://a.example", "http://sso.other.org", "sso.other.org")).isFalse();
    assertThat(allowed("https://a.example", "https://x.sso.other.org", "sso.other.org")).isFalse();
  }
}
