package dev.tarn.server.upstream;

import static dev.tarn.server.upstream.UpstreamFixture.REPOSITORY;
import static dev.tarn.server.upstream.UpstreamFixture.blobPath;
import static dev.tarn.server.upstream.UpstreamFixture.failed;
import static dev.tarn.server.upstream.UpstreamFixture.found;
import static dev.tarn.server.upstream.UpstreamFixture.randomBytes;
import static dev.tarn.server.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.ScriptedUpstream;
import dev.tarn.server.upstream.UpstreamAnswer.NotFound;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a registry sends its clients, and how far they follow. */
class RedirectTest {
  private static final byte[] BLOB = randomBytes(10_000);
  private static final String PATH = blobPath(BLOB);
  private static final Caller CALLER = Caller.withAuthorization("Bearer secret");

  private final UpstreamFixture fixture = new UpstreamFixture();
  private final ScriptedUpstream registry = fixture.upstream;
  private final ScriptedUpstream cdn = ScriptedUpstream.start();

  @AfterEach
  void end() {
    fixture.close();
    cdn.close();
  }

  private UpstreamAnswer getBlob(long offset) {
    return fixture.registry().getBlob(REPOSITORY, Digest.sha256(BLOB), offset, CALLER);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void anotherHostIsFollowedWithoutTheCredential(int status) throws IOException {
    registry.on(PATH, Reply.redirect(status, cdn.url() + "/data?sig=a%2Fb"));
    cdn.on("/data", Reply.blob(BLOB));

    UpstreamAnswer answer = getBlob(0);

    assertThat(found(answer).anonymous()).isFalse();
    assertThat(read(answer)).isEqualTo(BLOB);
    assertThat(registry.requests().getFirst().header("Authorization")).contains("Bearer secret");
    assertThat(cdn.requests().getFirst().header("Authorization")).isEmpty();
    assertThat(cdn.requests().getFirst().target()).isEqualTo("/data?sig=a%2Fb");
    assertThat(cdn.requests().getFirst().header("Host")).contains(cdn.authority());
  }

  @Test
  void theSameHostIsFollowedWithTheCredential() throws IOException {
    registry.on(PATH, Reply.redirect(307, "/elsewhere"));
    registry.on("/elsewhere", Reply.redirect(307, "deeper?x=1"));
    registry.on("/deeper", Reply.redirect(307, "?y=2"), Reply.blob(BLOB));

    assertThat(read(getBlob(0))).isEqualTo(BLOB);

    assertThat(registry.requests())
        .allSatisfy(
            request -> assertThat(request.header("Authorization")).contains("Bearer secret"));
    assertThat(registry.requests().getLast().target()).isEqualTo("/deeper?y=2");
  }

  @Test
  void theCredentialDoesNotComeBackByADetour() throws IOException {
    registry.on(PATH, Reply.redirect(307, cdn.url() + "/bounce"));
    cdn.on("/bounce", Reply.redirect(307, registry.url() + "/back"));
    registry.on("/back", Reply.blob(BLOB));

    assertThat(read(getBlob(0))).isEqualTo(BLOB);

    assertThat(registry.requests("/back").getFirst().header("Authorization")).isEmpty();
  }

  @Test
  void aRangeIsAskedWhereTheRedirectLeads() throws IOException {
    registry.on(PATH, Reply.redirect(307, cdn.url() + "/data"));
    cdn.on("/data", Reply.blob(BLOB));

    UpstreamAnswer answer = getBlob(4000);

    assertThat(found(answer).offset()).isEqualTo(4000);
    assertThat(read(answer)).isEqualTo(Arrays.copyOfRange(BLOB, 4000, BLOB.length));
  }

  @Test
  void aHeadStaysAHead() throws IOException {
    registry.on(PATH, Reply.redirect(303, cdn.url() + "/data"));
    cdn.on("/data", Reply.blob(BLOB));

    read(fixture.registry().headBlob(REPOSITORY, Digest.sha256(BLOB), CALLER));

    assertThat(cdn.count("HEAD", "/data")).isEqualTo(1);
  }

  @Test
  void tenRedirectsAreFollowedAndNoMore() throws IOException {
    for (int i = 0; i < 12; i++) {
      registry.on("/hop/" + i, Reply.redirect(302, "/hop/" + (i + 1)));
    }
    registry.on("/hop/12", Reply.blob(BLOB));
    registry.on(PATH, Reply.redirect(302, "/hop/3"), Reply.redirect(302, "/hop/2"));

    assertThat(read(getBlob(0))).isEqualTo(BLOB);
    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://user:pass@127.0.0.1/x",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/x",
        "//",
        "javascript:alert(1)"
      })
  void aRedirectToNoHttpUrlIsNotFollowed(String location) {
    registry.on(PATH, Reply.redirect(307, location));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void aRedirectWithoutLocationIsNotFollowed() {
    registry.on(PATH, Reply.status(307));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 304, 305})
  void otherRedirectsAreAnswersThatHelpNobody(int status) {
    registry.on(PATH, Reply.redirect(status, cdn.url()));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.STATUS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest",
        "http://[fe80::1]/x",
        "http://[::ffff:169.254.169.254]/x",
        "http://0.0.0.0/x",
        "http://224.0.0.1/x"
      })
  void aForbiddenAddressIsNeverDialled(String location) {
    registry.on(PATH, Reply.redirect(307, location));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.FORBIDDEN_TARGET);
  }

  @Test
  void aNameIsJudgedByTheAddressThatIsDialled() throws IOException {
    Map<String, List<String>> names =
        Map.of(
            "metadata.example", List.of("169.254.169.254"),
            "mixed.example", List.of("169.254.169.254", "127.0.0.1"));
    fixture.resolver = resolver(names);
    registry.on(
        PATH,
        Reply.redirect(307, "http://metadata.example:" + cdn.port() + "/data"),
        Reply.redirect(307, "http://mixed.example:" + cdn.port() + "/data"));
    cdn.on("/data", Reply.blob(BLOB));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.FORBIDDEN_TARGET);
    assertThat(read(getBlob(0))).isEqualTo(BLOB);
    assertThat(cdn.requests().getFirst().header("Host")).contains("mixed.example:" + cdn.port());
  }

  private static Resolver resolver(Map<String, List<String>> names) {
    return host -> {
      List<String> addresses = names.get(host);
      if (addresses == null) {
        throw new UnknownHostException(host);
      }
      return addresses.stream().map(InetAddress::ofLiteral).toList();
    };
  }

  @Test
  void aListedTargetIsDialledWhereverItIs() {
    // The unspecified address: nothing that answers for a.example, but harmless to dial.
    fixture.resolver = resolver(Map.of("a.example", List.of("0.0.0.0")));
    fixture.allowed = List.of("a.example");
    fixture.retries = 0;
    registry.on(PATH, Reply.redirect(307, "http://a.example:" + cdn.port() + "/none"));

    UpstreamAnswer answer = getBlob(0);

    assertThat(answer)
        .satisfiesAnyOf(
            reached -> assertThat(reached).isInstanceOf(NotFound.class),
            tried -> assertThat(failed(tried).reason()).isEqualTo(Reason.CONNECT));
  }

  @Test
  void whatTheCdnRefusesIsNoRefusalOfTheRegistry() {
    registry.on(PATH, Reply.redirect(307, cdn.url() + "/data"));
    cdn.on("/data", Reply.challenge("Basic realm=\"cdn\""), Reply.status(403), Reply.status(404));

    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.STATUS);
    assertThat(failed(getBlob(0)).reason()).isEqualTo(Reason.STATUS);
    assertThat(getBlob(0)).isInstanceOf(NotFound.class);
  }

  @Test
  void aFailureNeverPrintsASignedUrl() {
    registry.on(PATH, Reply.redirect(307, cdn.url() + "/secret-path?X-Amz-Signature=secret"));
    fixture.retries = 0;
    cdn.close();

    assertThat(failed(getBlob(0)).detail()).contains(cdn.authority()).doesNotContain("secret");
  }
}
