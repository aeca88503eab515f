package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked again, when, and what is not. */
class RetryTest {
  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;

  @AfterEach
  void end() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void aServerInTroubleIsAskedAgainWithBackoffAndJitter(int status) throws IOException {
    upstream.on(
        MANIFEST_PATH, Reply.status(status), Reply.status(status), Reply.status(status), MANIFEST);

    read(fixture.getManifest());

    assertThat(fixture.sleeps).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(fixture.sleeps.get(i)).isBetween(millis(50 << i), millis(100 << i));
    }
    assertThat(fixture.events)
        .containsExactly(
            upstream.authority() + " " + status,
            upstream.authority() + " " + status,
            upstream.authority() + " " + status,
            upstream.authority() + " 200");
  }

  private static Duration millis(int millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  void retriesEnd() {
    upstream.on(MANIFEST_PATH, Reply.status(503));

    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.STATUS);

    assertThat(upstream.requests()).hasSize(4);
  }

  @Test
  void connectionsThatBreakBeforeAnAnswerAreTriedAgain() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.closeWithoutAnswer(), Reply.resetWithoutAnswer(), MANIFEST);

    read(fixture.getManifest());

    assertThat(fixture.sleeps).hasSize(2);
    assertThat(fixture.events).startsWith(upstream.authority() + " BROKEN");
  }

  @Test
  void anEmptyHouseIsKnockedAtAgain() {
    upstream.close();

    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.CONNECT);

    assertThat(fixture.sleeps).hasSize(3);
  }

  @Test
  void aServerThatSaysWhenIsAskedThenUnlessItIsLong() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.status(503).header("Retry-After", "1"), MANIFEST);
    read(fixture.getManifest());
    assertThat(fixture.sleeps).containsExactly(Duration.ofSeconds(1));

    upstream.on(MANIFEST_PATH, Reply.status(503).header("Retry-After", "60"), MANIFEST);
    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.STATUS);
    assertThat(fixture.sleeps).hasSize(1);
  }

  @Test
  void aRateLimitIsNotAskedAgain() {
    upstream.on(
        MANIFEST_PATH,
        Reply.rateLimited("30"),
        Reply.rateLimited("Sun, 01 Mar 2026 12:00:35 GMT"),
        Reply.rateLimited(""));

    assertThat(fixture.getManifest())
        .isEqualTo(new RateLimited(java.util.Optional.of(Duration.ofSeconds(30))));
    fixture.pass(Duration.ofSeconds(30));
    assertThat(fixture.getManifest())
        .isEqualTo(new RateLimited(java.util.Optional.of(Duration.ofSeconds(5))));
    fixture.pass(Duration.ofSeconds(5));
    assertThat(fixture.getManifest()).isEqualTo(new RateLimited(java.util.Optional.empty()));
    assertThat(upstream.requests()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 406, 410, 451, 500, 501, 505, 201, 203})
  void anyOtherStatusIsAFailureAtOnce(int status) {
    upstream.on(MANIFEST_PATH, Reply.status(status).withoutRanges());

    assertThat(failed(fixture.getManifest()).reason()).isIn(Reason.STATUS, Reason.PROTOCOL);

    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void aKeptConnectionThatWasClosedCostsNoPauseAndNoAttempt() throws IOException {
    fixture.retries = 0;
    upstream.on(
        MANIFEST_PATH, MANIFEST, Reply.resetWithoutAnswer(), MANIFEST, MANIFEST.thenClose());
    read(fixture.getManifest());

    read(fixture.getManifest());

    assertThat(upstream.connections()).isEqualTo(2);
    assertThat(upstream.requests()).hasSize(3);
    assertThat(fixture.sleeps).isEmpty();
  }

  @Test
  void connectionsThatTheServerClosesWhileIdleAreForgotten() throws IOException {
    upstream.on(MANIFEST_PATH, MANIFEST);
    read(fixture.getManifest());

    upstream.closeConnections();
    Awaitility.await().until(() -> fixture.client().pool().openConnections() == 0);

    read(fixture.getManifest());
    assertThat(upstream.requests()).hasSize(2);
  }

  @Test
  void anAnswerThatDoesNotComeIsWaitedForOnce() {
    fixture.headerTimeout = Duration.ofSeconds(1);
    upstream.on(MANIFEST_PATH, Reply.hang());

    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.TIMEOUT);

    assertThat(upstream.requests()).hasSize(1);
    Awaitility.await().until(() -> fixture.client().pool().openConnections() == 0);
  }

  @Test
  void theTimeForHeadersCoversRetriesAndRedirects() {
    fixture.headerTimeout = Duration.ofMillis(300);
    upstream.on(MANIFEST_PATH, Reply.redirect(307, "/next"));
    upstream.on("/next", Reply.status(503), Reply.hang());
    long start = System.nanoTime();

    assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.TIMEOUT);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void aNameThatNobodyKnowsIsAFailureToConnect() {
    fixture.resolver =
        host -> {
          throw new UnknownHostException(host);
        };

    UpstreamAnswer answer =
        fixture
            .registry("http://nowhere.example")
            .getManifest(UpstreamFixture.REPOSITORY, UpstreamFixture.TAG, "", Caller.anonymous());

    assertThat(failed(answer).reason()).isEqualTo(Reason.CONNECT);
    assertThat(failed(answer).detail()).contains("nowhere.example");
  }

  @Test
  void aLookUpThatHangsIsBounded() {
    CountDownLatch never = new CountDownLatch(1);
    fixture.connectTimeout = Duration.ofMillis(100);
    fixture.resolver =
        host -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new UnknownHostException(host);
          }
          return List.of();
        };

    UpstreamAnswer answer =
        fixture
            .registry("http://slow.example")
            .getManifest(UpstreamFixture.REPOSITORY, UpstreamFixture.TAG, "", Caller.anonymous());

    assertThat(failed(answer).reason()).isEqualTo(Reason.TIMEOUT);
  }

  @Test
  void anAddressThatDoesNotAnswerIsOvertakenByOneThatDoes() throws IOException {
    upstream.on(MANIFEST_PATH, MANIFEST);
    fixture.resolver =
        host -> List.of(InetAddress.ofLiteral("127.0.0.99"), InetAddress.ofLiteral("127.0.0.1"));

    UpstreamAnswer answer =
        fixture
            .registry("http://two.example:" + upstream.port())
            .getManifest(UpstreamFixture.REPOSITORY, UpstreamFixture.TAG, "", Caller.anonymous());

    read(answer);
  }

  @Test
  void familiesAlternateWhereAHostHasBoth() {
    List<InetAddress> addresses =
        List.of(ip("fd00::1"), ip("fd00::2"), ip("fd00::3"), ip("10.0.0.1"), ip("10.0.0.2"));

    assertThat(AddressRace.interleaved(addresses))
        .containsExactly(
            ip("fd00::1"), ip("10.0.0.1"), ip("fd00::2"), ip("10.0.0.2"), ip("fd00::3"));
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Test
  void whoeverFindsNoFreeConnectionWaitsForOne()
      throws IOException, InterruptedException, ExecutionException {
    fixture.limits = new ConnectionPool.Limits(1, 1, 1, 1, 30);
    CountDownLatch gate = new CountDownLatch(1);
    upstream.on(MANIFEST_PATH, MANIFEST.heldAt(1, gate), MANIFEST);

    UpstreamContent first = found(fixture.getManifest());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<UpstreamAnswer> second = threads.submit(fixture::getManifest);
      Awaitility.await()
          .during(Duration.ofMillis(100))
          .until(() -> upstream.requests().size() == 1);
      gate.countDown();
      UpstreamFixture.readInto(new java.io.ByteArrayOutputStream(), first);
      first.close();
      read(second.get());
    }

    assertThat(upstream.connections()).isEqualTo(1);
  }

  @Test
  void whoeverFindsNoFreeConnectionInTimeFails() {
    fixture.limits = new ConnectionPool.Limits(1, 1, 1, 1, 30);
    fixture.headerTimeout = Duration.ofSeconds(1);
    upstream.on(MANIFEST_PATH, MANIFEST.stalledAt(1));

    try (UpstreamContent _ = found(fixture.getManifest())) {
      assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.TIMEOUT);
    }
  }

  @Test
  void anIdleConnectionIsClosedAfterAWhile() throws IOException {
    fixture.limits = new ConnectionPool.Limits(2, 2, 2, 2, 1);
    upstream.on(MANIFEST_PATH, MANIFEST);

    read(fixture.getManifest());

    assertThat(fixture.client().pool().idleConnections()).isEqualTo(1);
    Awaitility.await().until(() -> fixture.client().pool().openConnections() == 0);
  }

  @Test
  void anInterruptedCallerStopsWaiting() throws InterruptedException {
    upstream.on(MANIFEST_PATH, Reply.hang());
    java.util.concurrent.CompletableFuture<UpstreamAnswer> answer =
        new java.util.concurrent.CompletableFuture<>();
    Thread caller = Thread.ofVirtual().start(() -> answer.complete(fixture.getManifest()));
    Awaitility.await().until(() -> upstream.requests().size() == 1);

    caller.interrupt();
    caller.join();

    assertThat(failed(answer.join()).detail()).isEqualTo("interrupted");
  }

  @Test
  void aClosedClientAsksNobody() {
    upstream.on(MANIFEST_PATH, MANIFEST);
    Upstream registry = fixture.registry();
    fixture.client().close();

    assertThat(
            failed(
                    registry.getManifest(
                        UpstreamFixture.REPOSITORY, UpstreamFixture.TAG, "", Caller.anonymous()))
                .reason())
        .isEqualTo(Reason.CONNECT);
  }
}
