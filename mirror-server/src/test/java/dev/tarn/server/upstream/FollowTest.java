package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.OCI_MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static dev.tarn.server.upstream.UpstreamFixture.readInto;
import static dev.tarn.server.upstream.UpstreamFixture.readOnce;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry whose chain becomes another one while it is in use. */
class FollowTest {
  private static final Reply MANIFEST =
      Reply.manifest(OCI_MANIFEST, "{}".getBytes(StandardCharsets.UTF_8));
  private static final Caller CALLER = Caller.withAuthorization("Basic cmVnaXN0cnk6cmVnaXN0cnk=");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream registry = fixture.upstream;
  private final ScriptedUpstream mirror = ScriptedUpstream.start();
  private RegistryUpstream asked;

  @BeforeEach
  void open() {
    fixture.retries = 0;
    asked =
        fixture
            .client()
            .registry(List.of(Origin.of(registry.url())), OwnAccess.NONE, AccessListener.NONE);
  }

  @AfterEach
  void end() {
    fixture.close();
    mirror.close();
  }

  private UpstreamAnswer getManifest(Caller caller) {
    return asked.getManifest(REPOSITORY, TAG, "", caller);
  }

  private void follow(ScriptedUpstream... chain) {
    asked.follow(Arrays.stream(chain).map(one -> Origin.of(one.url())).toList());
  }

  @Test
  void theNewChainIsAskedAndTheFirstOneAgainWhereThereIsNoneAnyMore() throws IOException {
    mirror.on(MANIFEST_PATH, MANIFEST);
    registry.on(MANIFEST_PATH, MANIFEST);

    follow(mirror);
    read(getManifest(Caller.anonymous()));
    assertThat(asked.origin(REPOSITORY)).isEqualTo(mirror.authority());
    follow();
    read(getManifest(Caller.anonymous()));

    assertThat(mirror.requests()).hasSize(1);
    assertThat(registry.requests()).hasSize(1);
    assertThat(asked.origin(REPOSITORY)).isEqualTo(registry.authority());
  }

  @Test
  void theLastOfAnyChainIsAlwaysAsked() throws IOException {
    mirror.on(MANIFEST_PATH, Reply.status(500), Reply.status(500), MANIFEST);
    registry.on(MANIFEST_PATH, Reply.status(500), MANIFEST);

    follow(mirror, registry);
    getManifest(Caller.anonymous());
    read(getManifest(Caller.anonymous()));
    assertThat(mirror.requests()).as("it rests").hasSize(1);
    follow(registry, mirror);
    read(getManifest(Caller.anonymous()));
    follow(mirror);
    getManifest(Caller.anonymous());

    assertThat(mirror.requests()).as("nobody stands behind it").hasSize(2);
  }

  @Test
  void anOriginThatStaysKeepsWhatIsKnownOfIt() throws IOException {
    registry.on(MANIFEST_PATH, Reply.rateLimited("300"));
    mirror.on(MANIFEST_PATH, Reply.status(404), MANIFEST);
    assertThat(getManifest(Caller.anonymous())).isInstanceOf(RateLimited.class);

    follow(mirror, registry);
    assertThat(getManifest(Caller.anonymous())).isInstanceOf(RateLimited.class);
    follow(mirror);
    read(getManifest(Caller.anonymous()));
    asked.follow(
        List.of(
            new Origin(
                URI.create(registry.url() + "/"),
                Optional.empty(),
                new Reach.BeyondTheMirror(5050, "tarn-x"))));

    assertThat(getManifest(Caller.anonymous())).isInstanceOf(RateLimited.class);
    assertThat(registry.requests()).as("left alone all the time").hasSize(1);
  }

  @Test
  void aTransferUnderWayIsFinishedFromWhereItBegan() throws IOException {
    byte[] blob = randomBytes(1_000_000);
    CountDownLatch gate = new CountDownLatch(1);
    registry.on(blobPath(blob), Reply.blob(blob).heldAt(500_000, gate));
    mirror.on(blobPath(blob), Reply.blob(blob));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (UpstreamContent content =
        found(asked.getBlob(REPOSITORY, Digest.sha256(blob), 0, Caller.anonymous()))) {
      readOnce(bytes, content);

      follow(mirror);
      assertThat(read(asked.getBlob(REPOSITORY, Digest.sha256(blob), 0, Caller.anonymous())))
          .isEqualTo(blob);
      gate.countDown();
      readInto(bytes, content);
    }

    assertThat(bytes.toByteArray()).isEqualTo(blob);
    assertThat(registry.requests()).hasSize(1);
    assertThat(mirror.requests()).hasSize(1);
  }

  @Test
  void aCredentialForAnOriginThatLeftGoesToNoOther() throws IOException {
    registry.on(MANIFEST_PATH, Reply.challenge("Basic realm=\"registry\""));
    assertThat(getManifest(Caller.anonymous())).isInstanceOf(Refused.class);
    mirror.on(
        MANIFEST_PATH,
        Reply.challenge("Basic realm=\"mirror\""),
        Reply.challenge("Basic realm=\"mirror\""),
        MANIFEST);

    getManifest(CALLER);
    follow(mirror);
    UpstreamAnswer answer = getManifest(CALLER);

    assertThat(((Refused) answer).challenges()).containsExactly("Basic realm=\"mirror\"");
    assertThat(mirror.requests())
        .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
    getManifest(Caller.withAuthorization("Basic bWlycm9yOm1pcnJvcg=="));
    assertThat(mirror.requests().getLast().header("Authorization"))
        .as("challenged by the mirror itself")
        .contains("Basic bWlycm9yOm1pcnJvcg==");
  }
}
