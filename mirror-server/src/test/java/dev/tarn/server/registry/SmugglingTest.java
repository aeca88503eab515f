package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests of which two readers could see a different end: none of them is answered as if its end
 * were certain, and nothing behind it is taken for a request.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-11.2">RFC 9112, Request
 *     Smuggling</a>
 */
class SmugglingTest extends HostileClients {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        "Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: \tchunked\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0\r\n 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: 5a\r\n",
        "Content-Length:\r\n",
        "Content-Length: 18446744073709551621\r\n",
        "Content-Length : 0\r\n",
        "Content-Length\t: 0\r\n",
        " Content-Length: 0\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunked;q=1\r\n",
        "Transfer-Encoding:\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n",
        "X: y\nContent-Length: 5\r\n",
        "X: y\u0000\r\n",
        "Con\u0000tent-Length: 5\r\n",
        "Content Length: 5\r\n",
        "X\r\n",
        "\u00e9: x\r\n",
      })
  void aLengthThatIsNotCertainIsRefused(String header) throws IOException {
    assertRefused("GET /v2/ HTTP/1.1\r\nHost: m\r\n" + header + "\r\n0\r\n\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      })
  void anOlderVersionOfHttpIsNoExcuse(String header) throws IOException {
    assertRefused(
        "GET /v2/ HTTP/1.0\r\nConnection: keep-alive\r\n" + header + "\r\n0\r\n\r\n" + SMUGGLED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v2/ HTTP/1.1\nHost: m\n\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\nAccept: a/b\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\n\n",
        "GET /v2/ HTTP/1.1\rHost: m\r\r",
      })
  void aLineEndsAsItShouldOrIsNone(String request) throws IOException {
    assertRefused(request + SMUGGLED + "Host: m\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhello\r\n0x0\r\n\r\n",
        "-1\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "g\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        "100000005\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhelloXX0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
      })
  void aChunkThatIsNoneEndsTheConnection(String body) throws IOException {
    try (Socket socket =
        sent(
            "GET /v2/ HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\n\r\n"
                + body
                + SMUGGLED
                + "Host: m\r\n\r\n")) {
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      Response response = RawClient.read(in, false);
      assertThat(response.status()).isIn(0, 400);
      assertThat(in.read()).as("FIN, and nothing before it").isEqualTo(-1);
      assertNothingAsked();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRequestWithinABodyIsABody(boolean chunked) throws IOException {
    String inner = SMUGGLED + "Host: m\r\n\r\n";
    String body =
        chunked
            ? "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
            : "Content-Length: %d\r\n\r\n%s";
    mirror.upstream.on(Sample.REPOSITORY + "tags/list", Reply.json("[]"));
    try (Socket socket =
        sent(
            "GET /v2/ HTTP/1.1\r\nHost: m\r\n"
                + body.formatted(inner.length(), inner)
                + "GET /v2/ HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n")) {
      InputStream in = socket.getInputStream();
      assertThat(RawClient.read(in, false).text()).isEqualTo("{}");
      assertThat(RawClient.read(in, false).text()).isEqualTo("{}");
      assertThat(in.read()).isEqualTo(-1);
    }
    assertNothingAsked();
  }

  @Test
  void trailersAreNoHeaders() throws IOException {
    Sample blob = Sample.blob(1, 100);
    mirror.upstream.on(blob.path(), blob.reply());
    try (Socket socket =
        sent(
            "GET "
                + blob.uri()
                + " HTTP/1.1\r\nHost: m\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "0\r\nAuthorization: Bearer x\r\nRange: bytes=5-\r\n\r\n")) {
      Response response = RawClient.read(socket.getInputStream(), false);

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).isEqualTo(blob.bytes());
    }
    assertThat(mirror.upstream.requests(blob.path()))
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
  }

  @Test
  void aFoldedLineIsOneValueHereAndUpstream() throws IOException {
    Sample manifest = Sample.manifest(1);
    mirror.upstream.on(Sample.tagPath("v1"), manifest.reply());
    mirror.upstream.on(manifest.path(), manifest.reply());

    Response response =
        onlyAnswer(
            "GET "
                + Sample.tagUri("v1")
                + " HTTP/1.1\r\nHost: m\r\nConnection: close\r\n"
                + "Accept: a/b,\r\n X-Evil: 1\r\n\r\n");

    assertThat(response.status()).isEqualTo(200);
    assertThat(mirror.upstream.requests())
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("x-evil"))
        .allSatisfy(request -> assertThat(request.header("Accept")).contains("a/b, X-Evil: 1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v2/ HTTP/1.1\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\nHost: other.test\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\nhost: m\r\n\r\n",
        "GET /v2/ HTTP/2.0\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/1.2\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/0.9\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/01.1\r\nHost: m\r\n\r\n",
        "GET /v2/ TARN/1.1\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m other.test\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\n other.test\r\n\r\n",
        "GET /v2/ /v2/ HTTP/1.1\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/1.1 HTTP/1.1\r\nHost: m\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      })
  void aRequestLineAndItsHostAreAsTheStandardHasThem(String request) throws IOException {
    assertRefused(request);
  }

  @Test
  void aCredentialOrARangeGivenTwiceIsNotGuessedAt() throws IOException {
    Sample blob = Sample.blob(1, 100);
    mirror.upstream.on(blob.path(), blob.reply());
    String request = "GET " + blob.uri() + " HTTP/1.1\r\nHost: m\r\n";

    assertRefused(request + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n");
    assertRefused(request + "Range: bytes=0-1\r\nRange: bytes=5-\r\n\r\n");
  }

  @Test
  void requestsOfSeveralClientsOnOneConnectionKeepTheirCredentialsApart() throws IOException {
    Sample blob = Sample.blob(1, 100);
    mirror.upstream.on(
        blob.path(),
        request ->
            request.header("Authorization").filter("Bearer a"::equals).isPresent()
                ? blob.reply()
                : Reply.challenge("Basic realm=\"m\""));
    String get = "GET " + blob.uri() + " HTTP/1.1\r\nHost: m\r\n";
    try (Socket socket =
        sent(
            get
                + "Authorization: Bearer a\r\n\r\n"
                + get
                + "\r\n"
                + get
                + "Authorization: Bearer b\r\n\r\n")) {
      InputStream in = socket.getInputStream();
      assertThat(RawClient.read(in, false).status()).isEqualTo(200);
      assertThat(RawClient.read(in, false).status()).isEqualTo(401);
      assertThat(RawClient.read(in, false).status()).isEqualTo(401);
    }
    assertThat(mirror.upstream.requests(blob.path()))
        .extracting(ScriptedRequest::method)
        .contains("GET");
  }
}
