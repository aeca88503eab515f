package dev.tarn.e2e.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tarn.e2e.check.Await;
import dev.tarn.e2e.process.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final int BODY_BYTES = 1_000_000;
  private static final String DIGEST = "sha256:abc";
  private static final String PATH = "/v2/a/b/blobs/" + DIGEST;

  private HttpServer origin;
  private Relay relay;

  @BeforeEach
  void start() throws IOException {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : BODY_BYTES);
          if (!head) {
            exchange.getResponseBody().write(new byte[BODY_BYTES]);
          }
          exchange.close();
        });
    origin.start();
    relay = new Relay(Ports.free(), Route.to(origin.getAddress()));
  }

  @AfterEach
  void stop() {
    relay.close();
    origin.stop(0);
  }

  @Test
  void whatPassesIsCountedByDigest() {
    Fetch.Fetched fetched = Fetch.digestOf(uri());

    assertThat(fetched.bytes()).isEqualTo(BODY_BYTES);
    assertThat(relay.traffic().gets(DIGEST)).isEqualTo(1);
    assertThat(relay.traffic().bytes(DIGEST)).isEqualTo(BODY_BYTES);
    assertThat(relay.traffic().all().getFirst().blob()).isTrue();
  }

  @Test
  void aStoppedRelayRefusesUntilItIsStartedAgain() {
    relay.stop();

    assertThat(Fetch.statusOf(uri())).isZero();

    relay.start();

    assertThat(Fetch.statusOf(uri())).isEqualTo(200);
  }

  @Test
  void aHeldBodyStandsAtItsOffsetUntilReleased() throws Exception {
    Hold hold = relay.hold(DIGEST, 300_000);

    CompletableFuture<Fetch.Fetched> fetch =
        CompletableFuture.supplyAsync(() -> Fetch.digestOf(uri()));
    hold.awaitReached(Duration.ofSeconds(10));

    assertThat(relay.traffic().bytes(DIGEST)).isEqualTo(300_000);
    assertThat(fetch).isNotDone();

    hold.release();

    assertThat(fetch.get(10, TimeUnit.SECONDS).bytes()).isEqualTo(BODY_BYTES);
  }

  @Test
  void aBodyUnderWayEndsShortWhenTheRelayStops() throws Exception {
    Hold hold = relay.hold(DIGEST, 300_000);
    CompletableFuture<Fetch.Fetched> fetch =
        CompletableFuture.supplyAsync(() -> Fetch.digestOf(uri()));
    hold.awaitReached(Duration.ofSeconds(10));

    relay.stop();

    assertThatThrownBy(() -> fetch.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void aHangingRelayAnswersOnlyOnceItRecovers() throws Exception {
    relay.hang();
    CompletableFuture<Fetch.Fetched> fetch =
        CompletableFuture.supplyAsync(() -> Fetch.digestOf(uri()));
    Await.until(
        "the request is there", Duration.ofSeconds(10), () -> relay.traffic().requests() == 1);

    assertThat(fetch).isNotDone();

    relay.recover();

    assertThat(fetch.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
  }

  @Test
  void aClientThatHangsUpStopsNothing() throws IOException {
    Head request = RawClient.request("GET", PATH, Optional.empty());

    RawClient.ask(relay.address(), request, new RawClient.Patience.Bytes(10, true));
    RawClient.ask(relay.address(), request, new RawClient.Patience.None());

    assertThat(
            RawClient.ask(relay.address(), request, new RawClient.Patience.Endless())
                .orElseThrow()
                .body())
        .hasSize(BODY_BYTES);
  }

  private URI uri() {
    return relay.uri().resolve(PATH);
  }
}
