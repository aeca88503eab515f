package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are not allowed, too large, or none at all: an answer, and then FIN, never RST. */
class HostileRequestTest {
  @TempDir Path directory;
  private MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  /** Sends characters, reads one answer, and makes sure that FIN follows it. */
  private Response answerThenFin(String text) throws IOException {
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return answerThenFin(socket);
    }
  }

  private static Response answerThenFin(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    Response response = RawClient.read(in, false);
    assertThat(response.end()).isEqualTo(End.WHOLE);
    assertThat(in.read()).as("FIN follows, not RST").isEqualTo(-1);
    return response;
  }

  private static void assertReadOnly(Response response) {
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("Allow")).isEqualTo("GET, HEAD");
    assertThat(response.header("Content-Type")).isEqualTo("application/json");
    assertThat(response.text()).contains("\"errors\"", "\"code\":\"UNSUPPORTED\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE"})
  void aWriteIsRefusedInTheSpecificationsWords(String method) throws IOException {
    assertReadOnly(
        answerThenFin(
            method
                + " /v2/library/app/manifests/v1?ns=example.com HTTP/1.1\r\nHost: m\r\n"
                + "Content-Length: 2\r\n\r\n{}"));
    assertThat(mirror.upstream.connections()).isZero();
  }

  @Test
  void aWriteWithABigBodyIsRefusedWhileTheClientStillSends() throws IOException {
    byte[] body = new byte[8 * 1024 * 1024];
    try (Socket socket = RawClient.connect(mirror.address())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /v2/library/app/blobs/uploads/1?ns=example.com HTTP/1.1\r\nHost: m\r\n"
                  + "Content-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(body);

      assertReadOnly(answerThenFin(socket));
    }
  }

  @Test
  void aWriteThatWaitsForAContinueIsRefusedBeforeItsBody() throws IOException {
    assertReadOnly(
        answerThenFin(
            String.join(
                "\r\n",
                "POST /v2/library/app/blobs/uploads/?ns=example.com HTTP/1.1",
                "Host: m",
                "Content-Length: 1000000",
                "Expect: 100-continue",
                "\r\n")));
  }

  @Test
  void aGetMayHaveASmallBodyAndTheConnectionGoesOn() throws IOException {
    String request = "GET /v2/ HTTP/1.1\r\nHost: m\r\nContent-Length: 5\r\n\r\nhello";
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket.getOutputStream().write((request + request).getBytes(StandardCharsets.US_ASCII));

      assertThat(RawClient.read(socket.getInputStream(), false).status()).isEqualTo(200);
      assertThat(RawClient.read(socket.getInputStream(), false).status()).isEqualTo(200);
    }
  }

  @Test
  void aGetWithABigBodyIsRefused() throws IOException {
    Response response =
        answerThenFin(
            "GET /v2/ HTTP/1.1\r\nHost: m\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(100_000));

    assertThat(response.status()).isEqualTo(413);
  }

  @Test
  void aRequestLineThatIsTooLongIs414() throws IOException {
    Response response =
        answerThenFin("GET /v2/" + "a".repeat(5000) + " HTTP/1.1\r\nHost: m\r\n\r\n");

    assertThat(response.status()).isEqualTo(414);
    assertThat(response.text()).contains("\"errors\"");
  }

  @Test
  void headersThatAreTooLongAre431() throws IOException {
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      headers.append("X-").append(i).append(": ").append("v".repeat(100)).append("\r\n");
    }

    Response response = answerThenFin("GET /v2/ HTTP/1.1\r\nHost: m\r\n" + headers + "\r\n");

    assertThat(response.status()).isEqualTo(431);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "\r\n\r\n\r\nnonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /v2/ NOTHTTP\r\n\r\n",
        "GET /v2/a b HTTP/1.1\r\nHost: m\r\n\r\n",
        "G(T /v2/ HTTP/1.1\r\nHost: m\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\nContent-Length: many\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nHost: m\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "GET /v2/ HTTP/1.1\r\n: no name\r\n\r\n",
        "GET /v2/ HTTP/1.1\r\nbad\u0000name: x\r\n\r\n",
      })
  void whatIsNoHttpIs400(String text) throws IOException {
    assertThat(answerThenFin(text).status()).isEqualTo(400);
    assertThat(mirror.upstream.connections()).isZero();
  }

  @Test
  void randomBytesNeverHarmTheMirror() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[1 + random.nextInt(400)];
      random.nextBytes(bytes);
      try (Socket socket = RawClient.connect(mirror.address())) {
        socket.getOutputStream().write(bytes);
      }
    }

    assertThat(mirror.get("/v2/").status()).isEqualTo(200);
    Awaitility.await().until(() -> mirror.endpoint().connections() == 0);
  }

  @Test
  void aTlsHelloIsAnsweredInPlainText() throws IOException {
    byte[] hello = {0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x03};
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket.getOutputStream().write(hello);
      byte[] answer = socket.getInputStream().readAllBytes();

      assertThat(new String(answer, StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("\r\n\r\nthis port speaks plain HTTP.\n");
    }
  }

  @Test
  void aTlsHelloThatComesByteByByteIsKnownByItsFirst() throws IOException {
    try (Socket socket = RawClient.connect(mirror.address())) {
      for (byte part : new byte[] {0x16, 0x03, 0x01, 0x02, 0x00, 0x01}) {
        socket.getOutputStream().write(part);
      }
      assertThat(new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/");
    }
  }

  @Test
  void aTlsClientSeesAtOnceThatThisIsNotTls() throws IOException {
    try (Socket plain = RawClient.connect(mirror.address());
        SSLSocket tls =
            (SSLSocket)
                ((SSLSocketFactory) SSLSocketFactory.getDefault())
                    .createSocket(plain, "localhost", plain.getPort(), true)) {
      assertThatThrownBy(tls::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void whatIsWrongAfterARequestUnderWayDoesNotKeepItsFilesOpen() throws IOException {
    Sample blob = Sample.blob(1, 20_000_000);
    mirror.upstream.on(blob.path(), blob.reply());
    mirror.get(blob.uri());
    mirror.awaitQuiet();
    try (Socket socket = RawClient.connect(mirror.address())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + blob.uri() + " HTTP/1.1\r\nHost: m\r\n\r\nnonsense\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      mirror.awaitFilesClosed();
    }
    Awaitility.await().until(() -> mirror.endpoint().connections() == 0);
  }
}
