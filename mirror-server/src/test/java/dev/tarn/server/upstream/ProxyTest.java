package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedProxy;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.testing.TestCertificate;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries that only a proxy can reach. */
class ProxyTest {
  private static final String PATH = "/v2/library/alpine/manifests/latest";

  @TempDir static Path directory;

  private static TestCertificate certificate;

  private ScriptedUpstream secure;
  private UpstreamFixture fixture;
  private ScriptedProxy proxy;

  @BeforeAll
  static void aCertificateOfItsOwn() throws IOException, GeneralSecurityException {
    certificate = TestCertificate.make(directory, "dns:registry.example");
  }

  @BeforeEach
  void aProxyThatAloneKnowsTheNames() {
    secure = ScriptedUpstream.startTls(certificate.server());
    fixture = new UpstreamFixture();
    proxy =
        ScriptedProxy.start(
            Map.of("registry.example", secure.port(), "plain.example", fixture.upstream.port()));
    fixture.resolver =
        host -> {
          if (host.equals("metadata.example")) {
            return List.of(InetAddress.ofLiteral("169.254.169.254"));
          }
          throw new UnknownHostException(host);
        };
    Reply manifest = Reply.manifest("a/b", "hello".getBytes(StandardCharsets.UTF_8));
    secure.on(PATH, manifest);
    fixture.upstream.on(PATH, manifest);
  }

  @AfterEach
  void end() {
    fixture.close();
    secure.close();
    proxy.close();
  }

  private UpstreamAnswer getManifest(String url) {
    Origin origin =
        new Origin(
            URI.create(url),
            Optional.of(new Authorities.InFile(certificate.pem())),
            Reach.ANYWHERE);
    return fixture
        .client()
        .registry(List.of(origin), OwnAccess.NONE, AccessListener.NONE)
        .getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer secret"));
  }

  @Test
  void anHttpsRegistryIsReachedThroughATunnel() throws IOException {
    fixture.environment =
        Map.of("HTTPS_PROXY", "http://user:p%40ss@" + proxy.authority(), "HTTP_PROXY", "");

    assertThat(read(getManifest("https://registry.example"))).asString().isEqualTo("hello");

    assertThat(proxy.heads().getFirst())
        .contains(
            "CONNECT registry.example:443 HTTP/1.1", "proxy-authorization: Basic dXNlcjpwQHNz")
        .noneMatch(header -> header.contains("secret"));
    assertThat(secure.requests().getFirst().header("Proxy-Authorization")).isEmpty();
    assertThat(secure.requests().getFirst().header("Authorization")).contains("Bearer secret");
  }

  @Test
  void anHttpRegistryIsAskedByTheProxy() throws IOException {
    fixture.environment = Map.of("http_proxy", proxy.url());

    assertThat(read(getManifest("http://plain.example"))).asString().isEqualTo("hello");

    assertThat(proxy.heads().getFirst()).contains("GET http://plain.example" + PATH + " HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 407, 502})
  void aProxyThatRefusesIsAFailureToConnect(int status) {
    fixture.environment = Map.of("HTTPS_PROXY", proxy.url());
    fixture.retries = 0;
    proxy.refuseWith(status);

    UpstreamAnswer.Failed failed = failed(getManifest("https://registry.example"));

    assertThat(failed.reason()).isEqualTo(Reason.CONNECT);
    assertThat(failed.detail()).contains(String.valueOf(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://169.254.169.254/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://metadata.example/x"
      })
  void aRedirectBehindAProxyStillMayNotLeadToWhatIsKnownToBePrivate(String location) {
    fixture.environment = Map.of("HTTPS_PROXY", proxy.url(), "NO_PROXY", "10.0.0.0/8");
    secure.on(PATH, Reply.redirect(307, location));

    assertThat(failed(getManifest("https://registry.example")).reason())
        .isEqualTo(Reason.FORBIDDEN_TARGET);
  }
}
