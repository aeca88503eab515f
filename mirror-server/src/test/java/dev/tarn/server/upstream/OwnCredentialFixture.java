package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.LogCapture;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.Credential.Password;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A registry that wants a token, a realm at the same place that gives one for the password, and
 * another server, which has no business with either.
 */
final class OwnCredentialFixture implements AutoCloseable {
  static final Password PASSWORD = new Password("robot", "correct horse");
  static final String BASIC =
      "Basic "
          + Base64.getEncoder()
              .encodeToString("robot:correct horse".getBytes(StandardCharsets.UTF_8));
  static final List<String> SECRETS =
      List.of("correct horse", BASIC.substring(6), "refresh-me", "registry-opens", "issued-token");

  final LogCapture log = new LogCapture();
  final UpstreamFixture tarn = new UpstreamFixture();
  final ScriptedUpstream registry = tarn.upstream;
  final ScriptedUpstream other = ScriptedUpstream.start();
  final Reply challenge = Reply.bearer(registry.url() + "/token", "library/alpine");

  /** Hosts of realms that may be shown the credential, too. */
  Set<String> realms = Set.of();

  /** Whether callers without a credential are served with it. */
  boolean shared;

  OwnCredentialFixture() {
    registry.on(
        MANIFEST_PATH, request -> has(request, "Bearer issued-token") ? MANIFEST : challenge);
    registry.on(
        "/token",
        request -> has(request, BASIC) ? Reply.token("issued-token", 300) : Reply.status(401));
  }

  /** Ends everything and checks that nothing secret was logged. */
  @Override
  public void close() {
    tarn.close();
    other.close();
    log.close();
    for (String secret : SECRETS) {
      assertThat(log.events()).noneMatch(event -> event.contains(secret));
    }
    assertThat(tarn.events.toString()).doesNotContain(SECRETS);
  }

  static boolean has(ScriptedRequest request, String authorization) {
    return request.header("Authorization").filter(authorization::equals).isPresent();
  }

  /** How many of the requests showed such an authorization. */
  static long with(List<ScriptedRequest> requests, Predicate<String> authorization) {
    return requests.stream()
        .flatMap(request -> request.header("Authorization").stream())
        .filter(authorization)
        .count();
  }

  /** The registry, to which Tarn has this to show. */
  Upstream registry(Credential credential) {
    return tarn.registry(own(credential), registry.url());
  }

  OwnAccess own(Credential credential) {
    return new OwnAccess((origin, repository, patience) -> Optional.of(credential), realms, shared);
  }

  static UpstreamAnswer get(Upstream upstream) {
    return upstream.getManifest(REPOSITORY, TAG, OCI_MANIFEST, Caller.node());
  }
}
