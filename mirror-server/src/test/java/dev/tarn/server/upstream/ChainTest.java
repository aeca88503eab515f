package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST;
import static dev.tarn.server.upstream.UpstreamFixture.MANIFEST_PATH;
import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.TAG;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A registry with a mirror of it before it. */
class ChainTest {
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
      fixture.pass(OriginHealth.LONGEST_REST);
    }
    assertThat(mirror.requests()).as("asked each time").hasSizeGreaterThanOrEqualTo(6);
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
    fixture.pass(OriginHealth.LONGEST_REST);
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

  @Test
  void whereTheCallersOwnOriginIsAwayAnothersChallengeIsNoAnswerToIt() {
    mirrorSays(Reply.challenge("Basic realm=\"mirror\""));
    registry.on(MANIFEST_PATH, Reply.status(503), Reply.rateLimited("60"), Reply.status(404));

    assertThat(failed(getManifest(CALLER)).reason()).isEqualTo(Reason.STATUS);
    assertThat(getManifest(CALLER)).isInstanceOf(RateLimited.class);
    fixture.pass(Duration.ofMinutes(1));
    assertThat(getManifest(CALLER)).isInstanceOf(Refused.class);
  }

  @Test
  void norIsItWhereTheCallersOwnOriginRests() {
    mirrorSays(Reply.challenge("Basic realm=\"mirror\""), Reply.status(503));
    registry.on(MANIFEST_PATH, Reply.status(404), Reply.challenge("Basic realm=\"registry\""));
    getManifest(Caller.anonymous());

    assertThat(failed(getManifest(CALLER)).reason()).isEqualTo(Reason.STATUS);
    assertThat(failed(getManifest(CALLER)).reason()).isEqualTo(Reason.CONNECT);
    assertThat(mirror.requests()).hasSize(2);
    assertThat(registry.requests())
        .allSatisfy(request -> assertThat(request.header("Authorization")).isEmpty());
  }

  @Test
  void anOutageOfTheFirstCostsOneOfAllPullsATimeOut() throws IOException {
    fixture.headerTimeout = Duration.ofSeconds(2);
    mirrorSays(Reply.hang());
    registry.on(MANIFEST_PATH, MANIFEST);

    for (int pull = 0; pull < 20; pull++) {
      read(getManifest(Caller.anonymous()));
    }

    assertThat(mirror.requests()).hasSize(1);
    assertThat(fixture.events).containsOnlyOnce(mirror.authority() + " rests");
  }

  @Test
  void whatCanBeAskedElsewhereIsAskedAgainOnceAtMost() throws IOException {
    fixture.retries = 3;
    mirrorSays(Reply.status(503));
    registry.on(MANIFEST_PATH, MANIFEST);

    read(getManifest(Caller.anonymous()));

    assertThat(mirror.requests()).hasSize(2);
  }

  @Test
  void theFirstIsAskedAgainAfterAWhileAndFromThenOnWhereItIsBack() throws IOException {
    mirrorSays(Reply.status(503), Reply.status(503), MANIFEST);
    registry.on(MANIFEST_PATH, MANIFEST);

    read(getManifest(Caller.anonymous()));
    fixture.pass(OriginHealth.FIRST_REST);
    read(getManifest(Caller.anonymous()));
    assertThat(mirror.requests()).hasSize(2);
    assertThat(registry.requests()).hasSize(2);

    fixture.pass(OriginHealth.FIRST_REST.dividedBy(2));
    read(getManifest(Caller.anonymous()));
    assertThat(mirror.requests()).as("it rests longer the second time").hasSize(2);
    fixture.pass(OriginHealth.FIRST_REST.multipliedBy(2));
    read(getManifest(Caller.anonymous()));
    read(getManifest(Caller.anonymous()));
    assertThat(mirror.requests()).hasSize(4);
    assertThat(registry.requests()).hasSize(3);
  }

  @Test
  void oneRequestAtATimeFindsOutWhetherTheFirstIsBack() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    mirrorSays(Reply.status(503), MANIFEST.heldAt(-1, gate), MANIFEST);
    registry.on(MANIFEST_PATH, MANIFEST);
    read(getManifest(Caller.anonymous()));
    fixture.pass(OriginHealth.LONGEST_REST);

    Future<UpstreamAnswer> trying;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      trying = threads.submit(() -> getManifest(Caller.anonymous()));
      Awaitility.await().until(() -> mirror.requests().size() == 2);
      for (int pull = 0; pull < 5; pull++) {
        read(getManifest(Caller.anonymous()));
      }
      assertThat(mirror.requests()).hasSize(2);
      gate.countDown();
      read(trying.get());
    }
    read(getManifest(Caller.anonymous()));
    assertThat(mirror.requests()).hasSize(3);
  }

  @Test
  void theLastIsAskedHoweverOftenItFailed() {
    registry.on(MANIFEST_PATH, Reply.status(503));

    for (int i = 0; i < 3; i++) {
      assertThat(failed(fixture.getManifest()).reason()).isEqualTo(Reason.STATUS);
    }

    assertThat(registry.requests()).hasSize(3);
    assertThat(fixture.events).noneMatch(event -> event.endsWith("rests"));
  }

  @Test
  void whereTheLastFailsAsWellWhoeverRestsIsAskedAfterAll() throws IOException {
    mirrorSays(Reply.status(503), MANIFEST);
    registry.on(MANIFEST_PATH, MANIFEST, Reply.status(503));
    read(getManifest(Caller.anonymous()));

    read(getManifest(Caller.anonymous()));

    assertThat(mirror.requests()).hasSize(2);
  }

  @Test
  void whatIsNoOutageIsNoReasonToLeaveItAlone() throws IOException {
    Reply[] answers = {
      Reply.status(404),
      Reply.challenge("Basic realm=\"m\""),
      Reply.htmlPage(),
      Reply.status(400),
      Reply.redirect(307, "http://169.254.169.254/"),
      MANIFEST
    };
    mirrorSays(answers);
    registry.on(MANIFEST_PATH, MANIFEST);

    for (int i = 0; i < answers.length; i++) {
      read(getManifest(Caller.anonymous()));
    }

    assertThat(mirror.requests()).hasSize(answers.length);
  }

  @Test
  void aBlobWhoseFirstSourceStallsGoesOnAtTheNext() throws IOException {
    fixture.stallTimeout = Duration.ofSeconds(1);
    byte[] blob = UpstreamFixture.randomBytes(300_000);
    String path = "library/alpine/blobs/" + Digest.sha256(blob);
    mirror.on("/v2/hub/" + path, Reply.blob(blob).stalledAt(100_000));
    registry.on("/v2/" + path, Reply.blob(blob));
    Upstream chain = fixture.registry(mirror.url() + "/v2/hub", registry.url());

    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (UpstreamContent first = found(get(chain, blob, 0))) {
      assertThatThrownBy(() -> UpstreamFixture.readInto(bytes, first))
          .isInstanceOf(IOException.class);
    }
    bytes.write(read(get(chain, blob, bytes.size())));

    assertThat(bytes.toByteArray()).isEqualTo(blob);
    assertThat(mirror.requests()).hasSize(1);
  }

  private static UpstreamAnswer get(Upstream chain, byte[] blob, long offset) {
    return chain.getBlob(REPOSITORY, Digest.sha256(blob), offset, Caller.anonymous());
  }
}
