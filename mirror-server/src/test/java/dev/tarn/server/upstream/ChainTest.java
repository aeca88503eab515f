package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry with a mirror of it before it. */
class ChainTest {
  private static final Reply MANIFEST =
      Reply.manifest(OCI_MANIFEST, "{}".getBytes(StandardCharsets.UTF_8));
  private static final Caller CALLER = Caller.withAuthorization("Bearer secret");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream mirror = ScriptedUpstream.start();
  private final ScriptedUpstream registry = fixture.upstream;

  @BeforeEach
  void noSecondTries() {
    fixture.retries = 0;
  }

  @AfterEach
  void end() {
    fixture.close();
    mirror.close();
  }

  private UpstreamAnswer getManifest(Caller caller) {
    return fixture
        .registry(mirror.url() + "/v2/hub", registry.url())
        .getManifest(REPOSITORY, TAG, "", caller);
  }

  private void mirrorSays(Reply... replies) {
    mirror.on("/v2/hub/library/alpine/manifests/latest", replies);
  }

  @Test
  void theFirstThatHasItGivesIt() throws IOException {
    mirrorSays(MANIFEST);

    read(getManifest(Caller.anonymous()));

    assertThat(registry.requests()).isEmpty();
  }

  @Test
  void whateverKeepsTheFirstFromGivingItTheNextIsAsked() throws IOException {
    mirrorSays(
        Reply.status(404),
        Reply.status(500),
        Reply.rateLimited("9"),
        Reply.challenge("Basic realm=\"m\""),
        Reply.closeWithoutAnswer(),
        Reply.htmlPage());
    registry.on(MANIFEST_PATH, MANIFEST);

    for (int i = 0; i < 6; i++) {
      read(getManifest(Caller.anonymous()));
    }
    mirror.close();
    read(getManifest(Caller.anonymous()));
  }

  @Test
  void onlyTheLastOnesNotFoundIsFinal() {
    mirrorSays(Reply.status(500), Reply.status(404), Reply.status(404), Reply.status(404));
    registry.on(
        MANIFEST_PATH,
        Reply.status(404),
        Reply.status(404),
        Reply.status(500),
        Reply.rateLimited("9"));

    assertThat(getManifest(Caller.anonymous())).isInstanceOf(NotFound.class);
    assertThat(getManifest(Caller.anonymous())).isInstanceOf(NotFound.class);
    assertThat(failed(getManifest(Caller.anonymous())).reason()).isEqualTo(Reason.STATUS);
    assertThat(getManifest(Caller.anonymous())).isInstanceOf(RateLimited.class);
  }

  @Test
  void aCredentialGoesToTheRegistryItselfAlone() throws IOException {
    registry.on(MANIFEST_PATH, MANIFEST);

    read(getManifest(CALLER));

    assertThat(mirror.requests())
        .singleElement()
        .satisfies(request -> assertThat(request.header("Authorization")).isEmpty());
    assertThat(registry.requests().getFirst().header("Authorization")).contains("Bearer secret");
  }

  @Test
  void aCredentialGoesToTheMirrorWhoseChallengeTheCallerWasGiven() throws IOException {
    mirrorSays(Reply.challenge("Basic realm=\"mirror\""), MANIFEST);
    registry.on(MANIFEST_PATH, Reply.status(404));
    UpstreamAnswer refused = getManifest(Caller.anonymous());
    assertThat(((Refused) refused).challenges()).isEqualTo(List.of("Basic realm=\"mirror\""));

    read(getManifest(CALLER));

    assertThat(mirror.requests().getLast().header("Authorization")).contains("Bearer secret");
    assertThat(registry.requests())
        .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
  }

  @Test
  void theLastRefusalOfSeveralIsTheOneThatIsPassedOn() {
    mirrorSays(Reply.challenge("Basic realm=\"mirror\""));
    registry.on(MANIFEST_PATH, Reply.challenge("Basic realm=\"registry\""));

    UpstreamAnswer answer = getManifest(Caller.anonymous());

    assertThat(((Refused) answer).challenges()).isEqualTo(List.of("Basic realm=\"registry\""));
  }
}
