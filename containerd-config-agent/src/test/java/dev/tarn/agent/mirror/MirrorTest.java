package dev.tarn.agent.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RegistryHost;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class MirrorTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;
  private SharedDirectory shared;
  private byte[] secret;
  private ScriptedMirror server;

  @BeforeEach
  void start() throws IOException {
    shared = new SharedDirectory(directory, new SecureRandom());
    secret = shared.secret();
    server = new ScriptedMirror((_, _) -> {});
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void whatTheCanaryAskedForIsTold() {
    server.play(
        server.proving(
            secret,
            """
            state ready
            canary 0123456789abcdef01234567 3
            canary ABC 1
            canary 11 x
            canary 22
            canary  4
            canary %s 1
            canary ff 0
            """
                .formatted("a".repeat(65))));

    assertThat(mirror(TIMEOUT).ask(0, ""))
        .isEqualTo(
            new Answer.Proven(
                Answer.State.READY,
                java.util.List.of(),
                java.util.List.of("0123456789abcdef01234567", "ff")));
  }

  @Test
  void theNodesOwnMirrorIsKnownAndSaysHowItIs() {
    server.play(
        server.proving(
            secret,
            """
            state ready
            later thing
            seen docker.io 12 3 containerd/2.1.4 (linux)
            seen quay.io 1 0
            seen BAD/NAME 1 1 x
            seen ghcr.io many 1 x
            """));

    Answer answer = mirror(TIMEOUT).ask(3, "a 1\n");

    assertThat(answer)
        .isEqualTo(
            new Answer.Proven(
                Answer.State.READY,
                java.util.List.of(
                    new Seen(RegistryHost.DOCKER_HUB, 12, 3, "containerd/2.1.4 (linux)"),
                    new Seen(new RegistryHost("quay.io"), 1, 0, ""))));
    assertThat(server.requests()).hasSize(1);
    ScriptedMirror.Request request = server.requests().getFirst();
    assertThat(request.text()).isEqualTo("entries 3\na 1\n");
    assertThat(request.target()).startsWith("/tarn/v1/agent?challenge=");
    assertThat(Base64.getUrlDecoder().decode(request.challenge())).hasSize(32);
    assertThat(request.proof())
        .isEqualTo(
            Proof.of(Proof.AGENT, secret, server.address(), request.challenge(), request.body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready", "starting", "draining"})
  void everyStateIsUnderstood(String state) {
    server.play(server.proving(secret, "state " + state + "\n"));

    assertThat(mirror(TIMEOUT).ask(0, ""))
        .isInstanceOfSatisfying(
            Answer.Proven.class,
            proven -> assertThat(proven.state().name()).isEqualToIgnoringCase(state));
  }

  @Test
  void proofsAreThoseOfTheStandard() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    byte[] message = "node\n127.0.0.1:5050\nabc\nstate ready\n".getBytes(StandardCharsets.UTF_8);
    String expected = Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(message));

    String proof =
        Proof.of(
            Proof.NODE,
            secret,
            "127.0.0.1:5050",
            "abc",
            "state ready\n".getBytes(StandardCharsets.UTF_8));

    assertThat(proof).isEqualTo(expected);
  }

  @Test
  void whoDoesNotKnowTheSecretIsAStranger() {
    server.play(server.proving(new byte[32], "state ready\n"));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @Test
  void aProofForAnEarlierQuestionIsWorthNothing() {
    AtomicReference<@Nullable String> first = new AtomicReference<>();
    server.play(
        (request, out) -> {
          first.compareAndSet(null, server.proof(secret, request.challenge(), "state ready\n"));
          ScriptedMirror.answer(out, 200, first.get(), "state ready\n");
        });
    Mirror mirror = mirror(TIMEOUT);

    assertThat(mirror.ask(0, "")).isInstanceOf(Answer.Proven.class);
    assertThat(mirror.ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @Test
  void aProofForAnotherBodyIsWorthNothing() {
    server.play(
        (request, out) ->
            ScriptedMirror.answer(
                out, 200, server.proof(secret, request.challenge(), "x"), "state ready\n"));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @Test
  void aProofThatTheNodesMirrorGaveForAnotherPortIsWorthNothing() {
    server.play(
        (request, out) -> {
          byte[] body = "state ready\n".getBytes(StandardCharsets.UTF_8);
          String proof = Proof.of(Proof.NODE, secret, "127.0.0.1:1", request.challenge(), body);
          ScriptedMirror.answer(out, 200, proof, "state ready\n");
        });

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @Test
  void ourOwnProofSentBackIsWorthNothing() {
    server.play((request, out) -> ScriptedMirror.answer(out, 200, request.proof(), request.text()));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 400, 401, 403, 404, 405})
  void whoShowsNoProofIsAStranger(int status) {
    server.play((_, out) -> ScriptedMirror.answer(out, status, null, "state ready\n"));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 503})
  void anErrorIsNoAnswer(int status) {
    server.play((_, out) -> ScriptedMirror.answer(out, status, null, ""));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void whoDoesNotSayHowItIsIsNotReady() {
    server.play(server.proving(secret, "state splendid\n"));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void nobodyListening() throws IOException {
    server.close();

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void whoTakesTheQuestionAndSaysNothingIsGivenUp() {
    server.play((request, _) -> request.socket().getInputStream().read());

    assertThat(mirror(SHORT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void whoClosesAtOnceSaidNothing() {
    server.play((_, _) -> {});

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void whoAnswersByteByByteForEverIsGivenUp() {
    server.play(
        (_, out) -> {
          out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write('x');
            out.flush();
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
          }
        });

    assertThat(mirror(SHORT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void endlessHeadersAreNotRead() {
    server.play(
        (_, out) -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
          endless(out, "X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n");
        });

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-length: 100000000\r\n", "", "content-length: 99999999999\r\n"})
  void aHugeBodyIsNotRead(String header) {
    server.play(
        (_, out) -> {
          out.write(("HTTP/1.1 200 OK\r\n" + header + "\r\n").getBytes(StandardCharsets.US_ASCII));
          endless(out, "seen docker.io 1 1 containerd\n");
        });

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "garbage\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nTarn-Proof: a\r\nTarn-Proof: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      })
  void whatIsNoAnswerComesFromAStranger(String answer) {
    server.play((_, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HT",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"
      })
  void anAnswerThatIsCutIsNone(String answer) {
    server.play((_, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
  }

  @Test
  void aRequestThatNobodyReadsIsGivenUp() throws IOException {
    try (var deaf = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      deaf.setReceiveBufferSize(1024);
      var address = (java.net.InetSocketAddress) deaf.getLocalSocketAddress();
      Mirror mirror =
          new Mirror("127.0.0.1:" + address.getPort(), address, shared, new SecureRandom(), SHORT);

      assertThat(mirror.ask(0, "metric 1\n".repeat(20_000))).isInstanceOf(Answer.Silent.class);
    }
  }

  @Test
  void ofALongReportTheLastLinesAreLeftOut() {
    server.play(server.proving(secret, "state ready\n"));

    assertThat(mirror(TIMEOUT).ask(7, "metric 1\n".repeat(20_000)))
        .isInstanceOf(Answer.Proven.class);
    String body = server.requests().getFirst().text();
    assertThat(body.length()).isLessThanOrEqualTo(64 * 1024);
    assertThat(body).startsWith("entries 7\nmetric 1\n").endsWith("metric 1\n");
  }

  @Test
  void whatAStrangerMightPutIntoAUserAgentIsNotPrinted() {
    server.play(server.proving(secret, "state ready\nseen docker.io 1 1 a\u001b[31m\u0085b\n"));

    assertThat(mirror(TIMEOUT).ask(0, ""))
        .isInstanceOfSatisfying(
            Answer.Proven.class,
            proven -> assertThat(proven.seen().getFirst().userAgent()).isEqualTo("a?[31m?b"));
  }

  @Test
  void aSecretThatIsTakenAwayIsMadeAnew() throws IOException {
    Files.delete(directory.resolve("secret"));
    server.play(server.proving(secret, "state ready\n"));

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Stranger.class);
    assertThat(shared.secret()).isNotEqualTo(secret).hasSize(32);
  }

  @Test
  void withoutASecretNobodyIsAsked() throws IOException {
    Files.writeString(directory.resolve("secret"), "not base64!");

    assertThat(mirror(TIMEOUT).ask(0, "")).isInstanceOf(Answer.Silent.class);
    assertThat(server.requests()).isEmpty();
  }

  private static void endless(OutputStream out, String line) throws IOException {
    byte[] bytes = line.repeat(100).getBytes(StandardCharsets.US_ASCII);
    while (true) {
      out.write(bytes);
    }
  }

  private Mirror mirror(Duration timeout) {
    return new Mirror(
        server.address(), server.socketAddress(), shared, new SecureRandom(), timeout);
  }
}
