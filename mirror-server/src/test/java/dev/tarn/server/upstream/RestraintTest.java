package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An origin that says 429 is left alone. */
class RestraintTest {
  private static final Reply MANIFEST =
      Reply.manifest(OCI_MANIFEST, "{}".getBytes(StandardCharsets.UTF_8));
  private static final Caller A = Caller.withAuthorization("Bearer a");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;

  @AfterEach
  void end() {
    fixture.close();
  }

  private void pass(Duration time) {
    fixture.now.updateAndGet(now -> now.plus(time));
  }

  private void assertLimited(UpstreamAnswer answer, Duration left) {
    assertThat(answer).isEqualTo(new RateLimited(Optional.of(left)));
  }

  @Test
  void forAsLongAsItWants() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited("60"), MANIFEST);

    assertLimited(fixture.getManifest(), Duration.ofSeconds(60));
    pass(Duration.ofSeconds(59));
    assertLimited(fixture.getManifest(), Duration.ofSeconds(1));
    assertThat(upstream.requests()).hasSize(1);

    pass(Duration.ofSeconds(1));
    read(fixture.getManifest());
    read(fixture.getManifest());
    assertThat(fixture.events)
        .filteredOn(event -> event.contains("left alone"))
        .containsExactly(upstream.authority() + " left alone for PT1M");
  }

  @ParameterizedTest
  @CsvSource({"'', 30", "0, 1", "86400, 600", "soon, 30"})
  void withinBounds(String retryAfter, long seconds) throws IOException {
    upstream.on(MANIFEST_PATH, Reply.rateLimited(retryAfter), MANIFEST);

    fixture.getManifest();
    pass(Duration.ofSeconds(seconds).minusMillis(1));
    assertThat(fixture.getManifest()).isInstanceOf(RateLimited.class);
    pass(Duration.ofMillis(1));
    read(fixture.getManifest());
  }

  @Test
  void othersAndOtherThingsAreNot() throws IOException {
    upstream.on(
        MANIFEST_PATH,
        request ->
            request.method().equals("GET") && request.header("Authorization").isEmpty()
                ? Reply.rateLimited("60")
                : MANIFEST);

    assertLimited(fixture.getManifest(), Duration.ofSeconds(60));

    read(fixture.registry().headManifest(REPOSITORY, TAG, "", Caller.anonymous()));
    read(fixture.registry().getManifest(REPOSITORY, TAG, "", A));
    assertThat(fixture.getManifest()).isInstanceOf(RateLimited.class);
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

    pass(Duration.ofDays(-2));

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
