package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OTHER_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OTHER_TAG;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A credential that was refused is not passed on again and again. */
class RefusalsTest {
  private static final Reply INVALID =
      Reply.challenge("Bearer realm=\"https://a/\",error=\"invalid_token\"");
  private static final Caller A = Caller.withAuthorization("Bearer a");
  private static final Caller B = Caller.withAuthorization("Bearer b");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream upstream = fixture.upstream;

  @AfterEach
  void end() {
    fixture.close();
  }

  @Test
  void aCredentialThatIsInvalidIsNotShownAgainForAFewSeconds() throws IOException {
    upstream.on(MANIFEST_PATH, INVALID, MANIFEST);
    upstream.on(OTHER_PATH, MANIFEST);

    UpstreamAnswer first = fixture.get(TAG, A);
    assertThat(((Refused) first).challenges()).isEqualTo(INVALID.headers("WWW-Authenticate"));
    fixture.pass(Refusals.KEPT.minusMillis(1));
    assertThat(fixture.get(TAG, A)).isEqualTo(first);
    assertThat(fixture.get(OTHER_TAG, A)).as("anywhere in the repository").isEqualTo(first);
    assertThat(fixture.registry().headManifest(REPOSITORY, TAG, "", A)).isEqualTo(first);
    assertThat(upstream.requests()).hasSize(1);

    fixture.pass(Duration.ofMillis(1));
    read(fixture.get(TAG, A));
  }

  @Test
  void anotherCredentialAndAnotherRepositoryAreAnotherMatter() throws IOException {
    upstream.on(MANIFEST_PATH, INVALID, MANIFEST);
    upstream.on("/v2/library/busybox/manifests/latest", MANIFEST);
    fixture.get(TAG, A);

    read(fixture.get(TAG, B));
    read(fixture.registry().getManifest(new RepositoryName("library/busybox"), TAG, "", A));
  }

  @Test
  void whatIsForbiddenMayBeThatObjectAlone() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.status(403), MANIFEST);
    upstream.on(OTHER_PATH, MANIFEST);

    assertThat(((Refused) fixture.get(TAG, A)).status()).isEqualTo(403);
    assertThat(((Refused) fixture.get(TAG, A)).status()).isEqualTo(403);
    assertThat(upstream.count("GET", MANIFEST_PATH)).isEqualTo(1);

    read(fixture.get(OTHER_TAG, A));
  }

  @Test
  void listingsAreGivenAndRefusedByThemselves() throws IOException {
    String tags = "/v2/library/alpine/tags/list";
    upstream.on(tags, INVALID);
    upstream.on(MANIFEST_PATH, MANIFEST);

    fixture.registry().getListing(REPOSITORY, "tags/list", A);
    fixture.registry().getListing(REPOSITORY, "tags/list", A);

    read(fixture.get(TAG, A));
    assertThat(upstream.count("GET", tags)).isEqualTo(1);
  }

  @Test
  void aChallengeToNobodyIsAskedForEachTime() {
    upstream.on(
        MANIFEST_PATH, Reply.challenge("Basic realm=\"1\""), Reply.challenge("Basic realm=\"2\""));

    assertThat(((Refused) fixture.get(TAG, Caller.anonymous())).challenges())
        .containsExactly("Basic realm=\"1\"");
    assertThat(((Refused) fixture.get(TAG, Caller.anonymous())).challenges())
        .containsExactly("Basic realm=\"2\"");
  }

  /** What is pushed while somebody waits for it is there for the next request. */
  @Test
  void whatIsNotFoundIsAskedForEachTime() throws IOException {
    upstream.on(MANIFEST_PATH, Reply.status(404), MANIFEST);

    assertThat(fixture.get(TAG, A)).isInstanceOf(NotFound.class);

    read(fixture.get(TAG, A));
  }

  @Test
  void aClockThatIsSetBackDoesNotKeepARefusal() throws IOException {
    upstream.on(MANIFEST_PATH, INVALID, MANIFEST);
    fixture.get(TAG, A);

    fixture.pass(Duration.ofDays(-2));

    read(fixture.get(TAG, A));
  }
}
