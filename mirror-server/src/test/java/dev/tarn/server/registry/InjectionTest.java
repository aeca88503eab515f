package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that a client says becomes a line of its own, upstream or in an answer. */
class InjectionTest extends HostileClients {
  private static final String TAGS = Sample.REPOSITORY + "tags/list";

  /** All that a request of Tarn's may have. */
  private static final Set<String> SENT =
      Set.of("host", "user-agent", "accept-encoding", "accept", "authorization", "range");

  private Response answer(String target, String headers) throws IOException {
    return onlyAnswer(
        "GET " + target + " HTTP/1.1\r\nHost: m\r\nConnection: close\r\n" + headers + "\r\n");
  }

  private void assertNothingInjected(Response response) {
    assertThat(response.headers()).doesNotContainKeys("x-evil", "set-cookie");
    assertThat(mirror.upstream.requests())
        .allSatisfy(
            request -> {
              assertThat(request.headers().keySet()).isSubsetOf(SENT);
              assertThat(request.headers()).allSatisfy(InjectionTest::assertOneCleanValue);
              assertThat(request.target()).doesNotContainAnyWhitespaces();
            });
  }

  private static void assertOneCleanValue(String name, List<String> values) {
    assertThat(values).as(name).singleElement().asString().doesNotContainPattern("[\\r\\n\\x00]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/library/app/manifests/v1%0d%0aX-Evil:1?ns=example.com",
        "/v2/library/app/manifests/v1%0aX-Evil:1?ns=example.com",
        "/v2/library/app%0d%0aX-Evil:1/manifests/v1?ns=example.com",
        "/v2/library/app/blobs/sha256:%0d%0aX-Evil:1?ns=example.com",
        "/v2/library/app/manifests/v1?ns=example.com%0d%0aX-Evil:1",
        "/v2/library/app/manifests/v1?ns=example.com\rX-Evil:1",
        "/v2/library/app/manifests/v1?ns=example.com\u0000",
        "/v2/library/app/manifests/v1?ns=example.com\u0085X-Evil:1",
        "/v2/library/app/tags/list?ns=example.com&n=\u0001",
        "/v2/library/app/tags/list?ns=example.com&n=\u00ff",
      })
  void aLineEndInATargetIsRefused(String target) throws IOException {
    Response response = answer(target, "");

    assertThat(response.status()).isBetween(400, 499);
    assertNothingInjected(response);
    assertNothingAsked();
  }

  @Test
  void anEscapedLineEndInAListingsParameterStaysEscaped() throws IOException {
    mirror.upstream.on(TAGS, Reply.json("{}").header("Link", "<" + TAGS + "?last=b>; rel=next"));

    Response response = answer(TAGS + Sample.NS + "&last=%0d%0aX-Evil:1&n=%00", "");

    assertThat(response.status()).isEqualTo(200);
    assertNothingInjected(response);
    assertThat(mirror.upstream.requests())
        .extracting(ScriptedRequest::query)
        .containsExactly("last=%0d%0aX-Evil:1&n=%00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: a/b\rX-Evil: 1\r\n",
        "Accept: a/b\u0000\r\n",
        "Accept: a/b\u000bX-Evil: 1\r\n",
        "Accept: \u007f\r\n",
        "Authorization: Bearer x\rX-Evil: 1\r\n",
        "Authorization: Bearer x\u0000y\r\n",
        "Authorization: \u001b[31m\r\n",
        "X-Evil\u0000: 1\r\n",
      })
  void aControlInAHeaderIsRefused(String header) throws IOException {
    Response response = answer(Sample.tagUri("v1"), header);

    assertThat(response.status()).isEqualTo(400);
    assertNothingInjected(response);
    assertNothingAsked();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: a/b\r\nAccept: c/d\r\n",
        "Accept: a/b\u00e9\u0085X-Evil: 1\r\n",
        "Accept: a/b, \u00c4\u008a\u010d\r\n",
        "Accept:\r\n",
        "Authorization: Bearer \u00e9\u0085\r\n",
        "Authorization:\r\n",
        "X-Evil: 1\r\nX-Forwarded-Host: other.test\r\nProxy: http://other.test\r\n",
        "Connection: Authorization, X-Evil\r\nX-Evil: 1\r\nUpgrade: h2c\r\nTE: trailers\r\n",
        "Expect: 100-continue\r\nCookie: a=b\r\nIf-None-Match: *\r\nIf-Range: x\r\n",
      })
  void onlyWhatIsMeantForUpstreamGetsThere(String headers) throws IOException {
    mirror.upstream.on(Sample.tagPath("v1"), Sample.manifest(1).reply());

    Response response = answer(Sample.tagUri("v1"), headers);

    assertNothingInjected(response);
    assertThat(mirror.upstream.requests())
        .allSatisfy(
            request -> assertThat(request.header("Host")).contains(mirror.upstream.authority()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=0-\rX-Evil: 1",
        "bytes=0-\u0000",
      })
  void aRangeIsNoLine(String range) throws IOException {
    Sample blob = Sample.blob(1, 100);
    mirror.upstream.on(blob.path(), blob.reply());

    Response response = answer(blob.uri(), "Range: " + range + "\r\n");

    assertThat(response.status()).isEqualTo(400);
    assertNothingInjected(response);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain\rX-Evil: 1",
        "text/plain\r\n X-Evil: 1",
        "text/plain\u0000",
        "text/plain\nX-Other: y\rX-Evil: 1",
        "text/plain\u00e9\u0085X-Evil: 1",
      })
  void whatUpstreamPutsIntoAHeaderStaysInItOrIsNotPassedOn(String value) throws IOException {
    Sample manifest = Sample.manifest(1);
    for (String name : List.of("Content-Type", "Link", "WWW-Authenticate", "Retry-After")) {
      for (int status : new int[] {200, 401, 404, 429}) {
        Reply reply = status == 200 ? manifest.reply() : Reply.status(status);
        mirror.upstream.on(Sample.tagPath("v" + status), reply.header(name, value));
        mirror.upstream.on(TAGS, reply.header(name, "<" + TAGS + ">" + value));

        assertNoLineOfUpstreams(answer(Sample.tagUri("v" + status), ""));
        assertNoLineOfUpstreams(answer(TAGS + Sample.NS, ""));
      }
    }
  }

  private static void assertNoLineOfUpstreams(Response response) {
    assertThat(response.headers()).doesNotContainKeys("x-evil", "x-other", "set-cookie");
  }

  @Test
  void noAnswerRepeatsWhatItWasAsked() throws IOException {
    for (String target :
        List.of(
            "/v2/<script>/manifests/v1?ns=" + MirrorFixture.REGISTRY,
            "/v2/script-1/manifests/%3Cscript%3E?ns=" + MirrorFixture.REGISTRY,
            "/v2/script-1/manifests/script-1?ns=script-1.test",
            "/v2/script-1/blobs/script-1?ns=" + MirrorFixture.REGISTRY)) {
      Response response = answer(target, "");
      assertThat(response.status()).isBetween(400, 499);
      assertThat(response.text()).doesNotContain("script");
      assertThat(response.header("Content-Type")).isEqualTo("application/json");
    }
  }
}
