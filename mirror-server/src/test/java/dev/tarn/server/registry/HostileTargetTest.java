package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for is a path of a configured registry, or nothing is asked of anybody. */
class HostileTargetTest extends HostileClients {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
  private static final String REST = " HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n";

  private Response answer(String method, String target) throws IOException {
    return onlyAnswer(method + " " + target.replace("DIGEST", DIGEST) + REST);
  }

  private void assertRefusedHere(String method, String target) throws IOException {
    Response response = answer(method, target);
    assertThat(response.status()).as(target).isBetween(400, 499);
    assertThat(response.text()).contains("\"errors\"");
    assertNothingAsked();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, http://other.test/v2/library/app/manifests/v1?ns=example.com",
    "GET, http://m/v2/library/app/manifests/v1?ns=example.com",
    "GET, https://example.com/v2/library/app/manifests/v1",
    "GET, HTTP://127.0.0.1/v2/library/app/manifests/v1?ns=example.com",
    "GET, //other.test/v2/library/app/manifests/v1?ns=example.com",
    "GET, \\\\other.test/v2/library/app/manifests/v1?ns=example.com",
    "GET, file:///etc/passwd",
    "GET, /v2/http://example.com/library/app/manifests/v1",
    "GET, *",
    "GET, ?ns=example.com",
    "GET, #",
    "GET, other.test:443",
    "CONNECT, other.test:443",
    "CONNECT, example.com:443",
    "CONNECT, /v2/library/app/manifests/v1?ns=example.com",
    "OPTIONS, *",
    "OPTIONS, /v2/library/app/manifests/v1?ns=example.com",
    "TRACE, /v2/library/app/manifests/v1?ns=example.com",
    "PROPFIND, /v2/library/app/manifests/v1?ns=example.com",
    "get, /v2/library/app/manifests/v1?ns=example.com",
  })
  void onlyAPathIsATarget(String method, String target) throws IOException {
    assertRefusedHere(method, target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/library/app/manifests/%2e%2e%2f%2e%2e%2fv1?ns=example.com",
        "/v2/library/app/manifests/%252e%252e%252fv1?ns=example.com",
        "/v2/library/app/manifests/..%5cv1?ns=example.com",
        "/v2/library/app/manifests/..\\v1?ns=example.com",
        "/v2/library\\app/manifests/v1?ns=example.com",
        "/v2/library%5capp/manifests/v1?ns=example.com",
        "/v2/library/./app/manifests/v1?ns=example.com",
        "/v2/library/%2e/app/manifests/v1?ns=example.com",
        "/v2/library/../app/manifests/v1?ns=example.com",
        "/v2/library/.%2e/app/manifests/v1?ns=example.com",
        "/v2/library/app;/manifests/v1?ns=example.com",
        "/v2/library/app%00/manifests/v1?ns=example.com",
        "/v2/library/app%0a/manifests/v1?ns=example.com",
        "/v2/library/app%20/manifests/v1?ns=example.com",
        "/v2/library/app%c0%ae%c0%ae/manifests/v1?ns=example.com",
        "/v2/library/app\u00ef\u00bc\u008f/manifests/v1?ns=example.com",
        "/v2/library//app/manifests/v1?ns=example.com",
        "/v2//library/app/manifests/v1?ns=example.com",
        "/v2/library/app/manifests//v1?ns=example.com",
        "/v2/library/app/manifests/v1/?ns=example.com",
        "/v2/library/app/manifests/v1/..?ns=example.com",
        "/v2/library/app/manifests/v1%2f..%2fv2?ns=example.com",
        "/v2/library/app/manifests/sha256:..%2f..%2fetc%2fpasswd?ns=example.com",
        "/v2/library/app/manifests/DIGEST%00?ns=example.com",
        "/v2/library/app/manifests/DIGEST/../v1?ns=example.com",
        "/v2/library/app/blobs/%2e%2e/%2e%2e/x?ns=example.com",
        "/v2/library/app/blobs/..%2fblobs%2fDIGEST?ns=example.com",
        "/v2/library/app/blobs/sha256%2fDIGEST?ns=example.com",
        "/v2/library/app/blobs/sha256/DIGEST?ns=example.com",
        "/v2/library/app/referrers/..%2ftags?ns=example.com",
        "/v2/library/app/tags/list/..?ns=example.com",
        "/v2/../v2/library/app/manifests/v1?ns=example.com",
        "/v2%2flibrary/app/manifests/v1%3fns=example.com",
        "/%76%32/..%2fetc/manifests/passwd?ns=example.com",
        "/v2/example.com/../other.test/app/manifests/v1",
        "/v2/example.com%2f..%2fother.test/app/manifests/v1",
        "/v2/library/app/manifests/%?ns=example.com",
        "/v2/library/app/manifests/%4?ns=example.com",
        "/v2/library/app/manifests/%u0041?ns=example.com",
        "/v2/library/app/manifests/v1#x?ns=example.com",
      })
  void aPathNamesAnObjectOrNothing(String target) throws IOException {
    assertRefusedHere("GET", target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ns=",
        "ns",
        "ns=%20",
        "ns=other.test",
        "ns=example.com.",
        "ns=.example.com",
        "ns=example.com%00",
        "ns=example.com%0d%0aX:%20y",
        "ns=example.com%2f",
        "ns=example.com/",
        "ns=example.com%2flibrary",
        "ns=example.com%5c",
        "ns=example.com:443",
        "ns=example.com:80",
        "ns=example.com:",
        "ns=example.com:99999",
        "ns=example.com:0",
        "ns=:5000",
        "ns=http://example.com",
        "ns=//example.com",
        "ns=user@example.com",
        "ns=user:pw@example.com",
        "ns=example.com@other.test",
        "ns=example.com%40other.test",
        "ns=example.com%23@other.test",
        "ns=example.com%3fx",
        "ns=*.example.com",
        "ns=*",
        "ns=example.com,docker.io",
        "ns=example.com;docker.io",
        "ns=example%2ecom.",
        "ns=ex%61mple.com.",
        "ns=example.com%2500",
        "ns=\u00e9xample.com",
        "ns=ex\u00c3\u00a4mple.com",
        "ns=%d0%b5xample.com",
        "ns=exam%e2%84%aaple.com",
        "ns=xn--xample-9ua.com",
        "ns=127.0.0.1",
        "ns=127.0.0.1:PORT",
        "ns=2130706433:PORT",
        "ns=0x7f.1:PORT",
        "ns=127.1:PORT",
        "ns=localhost:PORT",
        "ns=[::1]:PORT",
        "ns=%5b::1%5d:PORT",
        "ns=[::ffff:127.0.0.1]:PORT",
        "ns=[fe80::1%25lo]:PORT",
        "ns=::1",
        "ns=169.254.169.254",
        "ns=example.com&ns=example.com",
        "ns=example.com&ns=docker.io",
        "ns=example.com&ns=",
        "ns=&ns=example.com",
        "ns=example.com&n=1&ns",
        "ns=example.com&%6es=docker.io",
        "%6es=other.test&ns=example.com",
        "n%73=other.test",
        "NS=example.com",
        "Ns=example.com",
        "ns[]=example.com",
        "+ns=example.com",
        "ns%00=example.com",
        "%20ns=example.com",
        "x;ns=example.com",
        "?ns=example.com",
        "#ns=example.com",
        "%26ns=example.com",
      })
  void aRegistryThatIsNotConfiguredByThisVeryNameIsNeverDialled(String query) throws IOException {
    String asked = query.replace("PORT", Integer.toString(mirror.upstream.port()));

    assertRefusedHere("GET", "/v2/library/app/manifests/v1?" + asked);
    assertRefusedHere("GET", "/v2/library/app/blobs/DIGEST?" + asked);
    assertRefusedHere("GET", "/v2/library/app/tags/list?" + asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "other.test",
        "EXAMPLE.COM.",
        "example.com:443",
        "user@example.com",
        "example.com%40other.test",
        "127.0.0.1:PORT",
        "[::1]:PORT",
        "%5b::1%5d:PORT",
        "localhost%3aPORT",
        "2130706433:PORT",
        "xn--xample-9ua.com",
        "%65xample.com%00",
        "..",
        ".",
        "",
      })
  void norIsOneByAPrefix(String prefix) throws IOException {
    String port = Integer.toString(mirror.upstream.port());
    assertRefusedHere("GET", "/v2/" + prefix.replace("PORT", port) + "/library/app/manifests/v1");
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/library/app/blobs/DIGEST?ns=EXAMPLE.com, /v2/library/app/blobs/DIGEST",
    "/v2/library/app/blobs/DIGEST?ns=ex%61mple%2ecom, /v2/library/app/blobs/DIGEST",
    "/v2/library/app/blobs/DIGEST?%6e%73=example.com, /v2/library/app/blobs/DIGEST",
    "/v2/Example.COM/library/app/blobs/DIGEST, /v2/library/app/blobs/DIGEST",
    "/v2/ex%61mple.com/library/app/blobs/DIGEST, /v2/library/app/blobs/DIGEST",
    "/v2/example.com/library/app/blobs/DIGEST?NS=other.test, /v2/library/app/blobs/DIGEST",
    "/v2/docker.io/app/blobs/DIGEST?ns=example.com, /v2/docker.io/app/blobs/DIGEST",
    "/v2/example.com/app/blobs/DIGEST?ns=example.com, /v2/example.com/app/blobs/DIGEST",
    "/v2/other.test/app/blobs/DIGEST?ns=example.com, /v2/other.test/app/blobs/DIGEST",
    "/v2/a/manifests/b/blobs/DIGEST?ns=example.com, /v2/a/manifests/b/blobs/DIGEST",
    "/v2/a/blobs/blobs/DIGEST?ns=example.com, /v2/a/blobs/blobs/DIGEST",
  })
  void anotherSpellingOfANameIsAskedUpstreamByItsCanonicalOne(String target, String asked)
      throws IOException {
    answer("GET", target);

    assertThat(mirror.upstream.requests())
        .isNotEmpty()
        .extracting(ScriptedRequest::target)
        .containsOnly(asked.replace("DIGEST", DIGEST));
  }

  @Test
  void aListingNeverTellsUpstreamOfANamespace() throws IOException {
    mirror.upstream.on(Sample.REPOSITORY + "tags/list", Reply.json("{}"));

    assertThat(answer("GET", "/v2/library/app/tags/list?n=1&ns=example.com&last=%6es").status())
        .isEqualTo(200);
    assertThat(answer("GET", "/v2/library/app/tags/list?n=1&%6es=example.com").status())
        .isEqualTo(200);

    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::query)
        .containsExactly("n=1&last=%6es", "n=1");
  }

  @ParameterizedTest
  @ValueSource(ints = {230, 247, 248, 255})
  void aNameOfAnyLengthIsAnsweredOnDockerHubToo(int length) throws IOException {
    String name = "a".repeat(length);

    assertThat(answer("GET", "/v2/" + name + "/manifests/v1?ns=docker.io").status()).isEqualTo(404);
    assertThat(answer("GET", "/v2/docker.io/" + name + "/blobs/DIGEST").status()).isEqualTo(404);
    assertThat(mirror.upstream.requests())
        .allSatisfy(request -> assertThat(request.path()).startsWith("/v2/library/" + name));
  }
}
