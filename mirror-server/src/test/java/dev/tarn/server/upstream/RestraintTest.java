package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OTHER_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OTHER_TAG;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An origin that says 429 is left alone, and nobody waits for that. */
class RestraintTest {
  private static final Caller A = Caller.withAuthorization("Bearer a");
  private static final Caller B = Caller.withAuthorization("Bearer b");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;

  @AfterEach
  void end() {
    fixture.close();
  }

  private List<String> pauses() {
    return fixture.events.stream().filter(event -> event.contains("limits for")).toList();
  }

  private static void assertLimited(UpstreamAnswer answer, Duration left) {
    assertThat(answer).isEqualTo(new RateLimited(Optional.of(left)));
  }

  @Test
  void forAsLongAsItWantsAndThatIsToldOnce() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited("60"), MANIFEST);
    upstream.on(OTHER_PATH, MANIFEST);

    assertLimited(fixture.getManifest(), Duration.ofSeconds(60));
    fixture.pass(Duration.ofSeconds(59));
    assertLimited(fixture.getManifest(), Duration.ofSeconds(1));
    assertLimited(fixture.get(OTHER_TAG, Caller.anonymous()), Duration.ofSeconds(1));
    assertThat(upstream.requests()).hasSize(1);
    assertThat(fixture.sleeps).as("nobody waits").isEmpty();

    fixture.pass(Duration.ofSeconds(1));
    read(fixture.getManifest());
    read(fixture.getManifest());
    assertThat(pauses()).containsExactly(upstream.authority() + " limits for PT1M");
  }

  @Test
  void theNextPauseIsToldAsWell() {
    upstream.on(MANIFEST_PATH, Reply.rateLimited("60"));

    for (int pause = 0; pause < 3; pause++) {
      fixture.getManifest();
      fixture.getManifest();
      fixture.pass(Duration.ofSeconds(60));
    }

    assertThat(upstream.requests()).hasSize(3);
    assertThat(pauses()).hasSize(3);
  }

  @Test
  void thatSeveralCallersAreLimitedIsToldOnce() {
    upstream.on(MANIFEST_PATH, Reply.rateLimited("60"));

    fixture.get(TAG, A);
    fixture.get(TAG, B);

    assertThat(upstream.requests()).hasSize(2);
    assertThat(pauses()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 30",
    "5, 5",
    "86400, 600",
    "'Sun, 01 Mar 2026 12:02:00 GMT', 120",
    "'Sun, 01 Mar 2026 18:00:00 GMT', 600",
    "soon, 30"
  })
  void withinBounds(String retryAfter, long seconds) throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited(retryAfter), MANIFEST);
    upstream.on(OTHER_PATH, MANIFEST);

    fixture.getManifest();
    fixture.pass(Duration.ofSeconds(seconds).minusMillis(1));
    assertThat(fixture.get(OTHER_TAG, Caller.anonymous())).isInstanceOf(RateLimited.class);
    fixture.pass(Duration.ofMillis(1));
    read(fixture.getManifest());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 3", "'Sun, 01 Mar 2026 11:00:00 GMT', 1"})
  void aShortWaitIsAboutThatVeryObject(String retryAfter, long seconds) throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited(retryAfter), MANIFEST);
    upstream.on(OTHER_PATH, MANIFEST);

    fixture.getManifest();

    read(fixture.get(OTHER_TAG, Caller.anonymous()));
    fixture.pass(Duration.ofSeconds(seconds).minusMillis(1));
    assertLimited(fixture.getManifest(), Duration.ofMillis(1));
    fixture.pass(Duration.ofMillis(1));
    read(fixture.getManifest());
    assertThat(pauses()).as("a busy moment is not worth a line").isEmpty();
  }

  @Test
  void othersAndOtherThingsAreNot() throws IOException {
    byte[] blob = randomBytes(100);
    upstream.on(blobPath(blob), Reply.blob(blob));
    upstream.on(
        MANIFEST_PATH,
        request ->
            request.method().equals("GET") && request.header("Authorization").isEmpty()
                ? Reply.rateLimited("60")
                : MANIFEST);

    assertLimited(fixture.getManifest(), Duration.ofSeconds(60));

    read(fixture.registry().headManifest(REPOSITORY, TAG, "", Caller.anonymous()));
    read(fixture.get(TAG, A));
    read(fixture.getBlob(blob, 0));
    assertThat(fixture.getManifest()).isInstanceOf(RateLimited.class);
  }

  @Test
  void aTransferUnderWayNeitherStartsAPauseNorIsHeldByOne() throws IOException {
    byte[] blob = randomBytes(1000);
    upstream.on(blobPath(blob), Reply.rateLimited("60"), Reply.blob(blob), Reply.rateLimited("60"));

    assertLimited(fixture.getBlob(blob, 500), Duration.ofSeconds(60));
    read(fixture.getBlob(blob, 0));
    assertLimited(fixture.getBlob(blob, 0), Duration.ofSeconds(60));
    upstream.on(blobPath(blob), Reply.blob(blob));

    assertThat(fixture.getBlob(blob, 0)).isInstanceOf(RateLimited.class);
    read(fixture.getBlob(blob, 500));
  }

  @Test
  void aRealmThatIsBusyIsNoReasonToLeaveTheRegistryAlone() throws IOException {
    upstream.on(
        MANIFEST_PATH,
        request ->
            request.header("Authorization").isPresent()
                ? MANIFEST
                : Reply.bearer(upstream.url() + "/token", "library/alpine"));
    upstream.on("/token", Reply.rateLimited("60"), Reply.token("t", 300));

    assertLimited(fixture.getManifest(), Duration.ofSeconds(60));

    read(fixture.getManifest());
  }

  @Test
  void whereARegistryRedirectsToMayBeBusyForItself() throws IOException {
    try (ScriptedUpstream storage = ScriptedUpstream.startOn("127.0.0.2")) {
      byte[] blob = randomBytes(1000);
      upstream.on(blobPath(blob), Reply.redirect(307, storage.url() + "/blob"));
      storage.on("/blob", Reply.rateLimited("60"), Reply.blob(blob));

      assertLimited(fixture.getBlob(blob, 0), Duration.ofSeconds(60));

      read(fixture.getBlob(blob, 0));
    }
  }

  @Test
  void oneOfAChainLeavesTheNext() throws IOException {
    try (ScriptedUpstream second = ScriptedUpstream.start()) {
      upstream.on(MANIFEST_PATH, Reply.rateLimited("60"));
      second.on(MANIFEST_PATH, MANIFEST);
      Upstream chain = fixture.registry(upstream.url(), second.url());

      for (int pull = 0; pull < 3; pull++) {
        read(chain.getManifest(REPOSITORY, TAG, "", Caller.anonymous()));
      }

      assertThat(upstream.requests()).hasSize(1);
    }
  }

  @Test
  void aClockThatIsSetBackDoesNotKeepItAlone() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited("60"), MANIFEST);
    fixture.getManifest();

    fixture.pass(Duration.ofDays(-2));

    read(fixture.getManifest());
  }

  @Test
  void whatIsLeftOfAQuotaIsTold() throws IOException {
    upstream.on(MANIFEST_PATH, MANIFEST.header("ratelimit-remaining", "76;w=21600"));

    read(fixture.getManifest());

    assertThat(fixture.events).contains(upstream.authority() + " quota 76");
  }

  @ParameterizedTest
  @CsvSource({"76;w=21600, 76", "0, 0", "' 5 ', 5", "'100, 100;w=60', 100"})
  void aQuotaIsTheFirstNumber(String header, long remaining) {
    assertThat(Quota.remaining(header)).isEqualTo(OptionalLong.of(remaining));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-1", "1.5", "12x", "9999999999999999"})
  void anythingElseIsNone(String header) {
    assertThat(Quota.remaining(header)).isEmpty();
  }
}
