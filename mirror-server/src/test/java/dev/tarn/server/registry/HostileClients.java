package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.MirrorOptions;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.End;
import dev.tarn.server.testing.RawClient.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A mirror, and clients that say to it what no client should: every character is the test's. */
abstract class HostileClients {
  /** A request after which nothing else may be answered, as it would have come out of a body. */
  static final String SMUGGLED = "GET /v2/library/app/tags/list?ns=example.com HTTP/1.1\r\n";

  @TempDir Path directory;
  MirrorFixture mirror;

  @BeforeEach
  void start() throws IOException {
    mirror = MirrorFixture.start(directory, MirrorOptions.patient());
  }

  @AfterEach
  void stop() {
    mirror.close();
  }

  /** Sends these very characters, each as one byte; the connection is the caller's to close. */
  Socket sent(String characters) throws IOException {
    Socket socket = RawClient.connect(mirror.address());
    socket.getOutputStream().write(characters.getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  /** The one answer to these characters; after it FIN follows, not RST, and no other answer. */
  Response onlyAnswer(String characters) throws IOException {
    try (Socket socket = sent(characters)) {
      InputStream in = socket.getInputStream();
      Response response = RawClient.read(in, false);
      assertThat(response.end()).isEqualTo(End.WHOLE);
      assertThat(in.read()).as("FIN, and nothing before it").isEqualTo(-1);
      return response;
    }
  }

  /** The request is refused as none, with nothing asked upstream. */
  void assertRefused(String characters) throws IOException {
    Response response = onlyAnswer(characters);
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text()).contains("\"errors\"");
    assertNothingAsked();
  }

  void assertNothingAsked() {
    assertThat(mirror.upstream.connections()).as("connections to upstream").isZero();
  }
}
