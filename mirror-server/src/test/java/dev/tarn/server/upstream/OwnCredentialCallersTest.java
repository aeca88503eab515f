package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.OwnCredentialFixture.BASIC;
import static dev.tarn.server.upstream.OwnCredentialFixture.PASSWORD;
import static dev.tarn.server.upstream.OwnCredentialFixture.has;
import static dev.tarn.server.upstream.OwnCredentialFixture.with;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On whose behalf Tarn shows a credential that it was given. */
class OwnCredentialCallersTest {
  private final OwnCredentialFixture fixture = new OwnCredentialFixture();
  private final ScriptedUpstream registry = fixture.registry;
  private final ScriptedUpstream other = fixture.other;

  @AfterEach
  void nothingSecretWasLogged() {
    fixture.close();
  }

  @Test
  void nobodyButTarnItselfIsServedWithIt() {
    Upstream upstream = fixture.registry(PASSWORD);

    for (Caller caller : List.of(Caller.anonymous(), Caller.withAuthorization("Bearer other"))) {
      assertThat(upstream.getManifest(REPOSITORY, TAG, "", caller)).isInstanceOf(Refused.class);
    }

    assertThat(with(registry.requests(), BASIC::equals)).isZero();
  }

  @Test
  void whereTheRegistryIsSharedCallersWithoutACredentialAreServedWithIt() throws IOException {
    fixture.shared = true;
    Upstream upstream = fixture.registry(PASSWORD);

    UpstreamAnswer answer = upstream.getManifest(REPOSITORY, TAG, "", Caller.anonymous());

    assertThat(found(answer).anonymous()).isFalse();
    read(answer);
    assertThat(upstream.getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer other")))
        .as("who brings a credential is asked for by it")
        .isInstanceOf(Refused.class);
  }

  @Test
  void aCallerIsChallengedWhereSharingIsNotEnoughAndComesBackToTheSameOrigin() throws IOException {
    fixture.shared = true;
    other.on(
        MANIFEST_PATH,
        request ->
            has(request, "Bearer client") ? MANIFEST : Reply.challenge("Basic realm=\"mirror\""));
    registry.on(MANIFEST_PATH, Reply.status(404));
    Upstream upstream =
        fixture.tarn.registry(
            new OwnAccess(CredentialSource.NONE, Set.of(), true), other.url(), registry.url());
    assertThat(upstream.getManifest(REPOSITORY, TAG, "", Caller.anonymous()))
        .isInstanceOf(Refused.class);

    read(upstream.getManifest(REPOSITORY, TAG, "", Caller.withAuthorization("Bearer client")));
  }
}
