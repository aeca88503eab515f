package dev.tarn.server.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarn.server.testing.MirrorFixture;
import dev.tarn.server.testing.RawClient;
import dev.tarn.server.testing.RawClient.Response;
import dev.tarn.server.testing.Reply;
import dev.tarn.server.testing.Sample;
import dev.tarn.server.testing.ScriptedRequest;
import dev.tarn.server.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients get their tokens through the mirror, which so knows whose they are. */
class TokenRelayTest {
  private static final String A = basic("alice:secret-of-a");
  private static final String FORM_OF_A =
      "grant_type=password&service=scripted&username=alice&password=secret-of-a"
          + "&client_id=containerd-client&scope=repository%3Alibrary%2Fapp%3Apull";
  private static final String B = basic("bob:secret-of-b");
  private static final String REFRESH_FORM =
      "grant_type=refresh_token&refresh_token=secret-identity&service=scripted";
  private static final String QUERY = "?service=scripted&scope=repository%3Alibrary%2Fapp%3Apull";
  private static final String NS = "?ns=" + MirrorFixture.RELAYING;
  private static final Pattern REALM = Pattern.compile("realm=\"([^\"]*)\"");
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]*)\"");
  private static final Sample BLOB = Sample.blob(1, 300_000);
  private static final Sample MANIFEST = Sample.manifest(1);
  private static final String TAG = Sample.tagPath("v1");
  private static final List<String> PATHS = List.of(TAG, MANIFEST.path(), BLOB.path());

  @TempDir private Path directory;
  private final ScriptedUpstream realm = ScriptedUpstream.start();
  private MirrorFixture mirror;
  private String known = "";

  /** Which tokens the registry lets in, by name of whom they were issued to. */
  private final Map<String, String> issued = new ConcurrentHashMap<>();

  private final AtomicInteger number = new AtomicInteger();
  private final AtomicBoolean takesForms = new AtomicBoolean(true);

  @BeforeEach
  void aRegistryThatLetsOnlyAliceIn() throws IOException {
    mirror = MirrorFixture.start(directory);
    realm.on("/token", this::grant);
    registryAnswers();
  }

  @AfterEach
  void stop() {
    realm.close();
    mirror.close();
  }

  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void registryAnswers() {
    mirror.upstream.on(TAG, request -> answer(request, MANIFEST));
    mirror.upstream.on(MANIFEST.path(), request -> answer(request, MANIFEST));
    mirror.upstream.on(BLOB.path(), request -> answer(request, BLOB));
  }

  /** The registry is there and of no use, so that it hears whatever it is sent. */
  private void registryIsAway() {
    PATHS.forEach(path -> mirror.upstream.on(path, Reply.status(500)));
  }

  private void realmIsAway() {
    realm.on("/token", Reply.status(503));
  }

  private Reply challenge() {
    return Reply.bearer(realm.url() + "/token", "library/app");
  }

  private Reply answer(ScriptedRequest request, Sample sample) {
    String token = request.header("Authorization").orElse("").replace("Bearer ", "");
    return switch (issued.getOrDefault(token, "")) {
      case "alice" -> sample.reply();
      case "bob" -> Reply.status(403);
      default -> challenge();
    };
  }

  private Reply grant(ScriptedRequest request) {
    if (request.method().equals("POST") && !takesForms.get()) {
      return Reply.status(401);
    }
    String shown = request.header("Authorization").orElse(request.body());
    String name =
        shown.equals(A) || shown.contains("password=secret-of-a") || shown.contains("-identity")
            ? "alice"
            : shown.equals(B) ? "bob" : shown.isEmpty() ? "nobody" : "";
    if (name.isEmpty()) {
      return Reply.status(401);
    }
    String token = "token-" + number.incrementAndGet() + "-secret";
    issued.put(token, name);
    return Reply.json(
        "{\"token\":\"%s\",\"access_token\":\"%s\",\"expires_in\":300,\"refresh_token\":\"r-secret\"}"
            .formatted(token, token));
  }

  private Response get(String path, String authorization) throws IOException {
    return authorization.isEmpty()
        ? mirror.get(path + NS)
        : mirror.get(path + NS, "Authorization: " + authorization);
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The path of the realm that the mirror names, which stays the same, as it named it first. */
  private String namedRealm() throws IOException {
    known = known.isEmpty() ? realmNamedNow() : known;
    return known;
  }

  private String realmNamedNow() throws IOException {
    Response asked = get(BLOB.path(), "");
    assertThat(asked.status()).isEqualTo(401);
    String named = found(REALM, asked.header("WWW-Authenticate")).orElseThrow();
    String base = "http://127.0.0.1:" + mirror.address().getPort();
    assertThat(named).startsWith(base + "/tarn/token/");
    return named.substring(base.length());
  }

  /** What came to the realm for clients; for nobody the mirror asks by itself, too. */
  private List<ScriptedRequest> passedOn() {
    return realm.requests().stream()
        .filter(
            request ->
                request.header("Authorization").isPresent()
                    || request.method().equals("POST")
                    || request.query().contains("account="))
        .toList();
  }

  private Response askForToken(String authorization) throws IOException {
    return mirror.get(namedRealm() + QUERY, "Authorization: " + authorization);
  }

  private Response post(String path, String form, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: mirror\r\n");
    request.append("Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("Content-Length: ").append(form.length()).append("\r\n\r\n").append(form);
    return RawClient.exchange(mirror.address(), request.toString(), false);
  }

  private String bearer(Response response) {
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    return "Bearer " + found(TOKEN, response.text()).orElseThrow();
  }

  private String tokenFor(String authorization) throws IOException {
    return bearer(askForToken(authorization));
  }

  private void pull(String authorization) throws IOException {
    assertThat(get(TAG, tokenFor(authorization)).body()).isEqualTo(MANIFEST.bytes());
    assertThat(get(BLOB.path(), tokenFor(authorization)).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();
  }

  private void after(Duration time) {
    mirror.now.updateAndGet(now -> now.plus(time));
  }

  // ---- the realm that is named

  @Test
  void theNodeNamesItselfAsTheRealmAndLeavesAllElseAsItIs() throws IOException {
    for (String uri :
        List.of(
            BLOB.path() + NS, BLOB.path().replace("/v2/", "/v2/" + MirrorFixture.RELAYING + "/"))) {
      assertThat(mirror.get(uri).header("WWW-Authenticate"))
          .matches(
              "Bearer realm=\"http://127\\.0\\.0\\.1:"
                  + mirror.address().getPort()
                  + "/tarn/token/[A-Za-z0-9_.-]+\",service=\"scripted\","
                  + "scope=\"repository:library/app:pull\"");
    }
  }

  @Test
  void withoutTheOptionAChallengeStaysAsItIs() throws IOException {
    assertThat(mirror.get(BLOB.uri()).header("WWW-Authenticate"))
        .isEqualTo(
            "Bearer realm=\""
                + realm.url()
                + "/token\",service=\"scripted\",scope=\"repository:library/app:pull\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"b\"",
        "Bearer realm=\"https://auth.elsewhere.example/token\",service=\"s\"",
        "Bearer realm=\"ftp://127.0.0.1/token\"",
        "Bearer service=\"s\"",
        "Negotiate",
      })
  void aRealmThatIsNotTheOriginsOwnIsLeftToTheClient(String challenge) throws IOException {
    mirror.upstream.on(BLOB.path(), Reply.challenge(challenge));

    assertThat(get(BLOB.path(), "Bearer x").header("WWW-Authenticate")).isEqualTo(challenge);
  }

  @Test
  void aRealmOfATerriblyLongNameIsLeftToTheClient() throws IOException {
    String challenge = "Bearer realm=\"" + realm.url() + "/" + "x".repeat(2000) + "\"";
    mirror.upstream.on(BLOB.path(), Reply.challenge(challenge));

    assertThat(get(BLOB.path(), "Bearer x").header("WWW-Authenticate")).isEqualTo(challenge);
  }

  @Test
  void nobodyMakesTheNodeAskElsewhere() throws IOException {
    String named = namedRealm();
    int dot = named.lastIndexOf('.');
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                (MirrorFixture.RELAYING
                        + "\nlibrary/app\n"
                        + mirror.upstream.authority()
                        + "\n"
                        + realm.url()
                        + "/elsewhere")
                    .getBytes(StandardCharsets.UTF_8));
    for (String path :
        List.of(
            "/tarn/token/",
            "/tarn/token/x",
            "/tarn/token/.",
            named.substring(0, dot),
            named.substring(0, dot + 1) + "0".repeat(32),
            "/tarn/token/" + forged + named.substring(dot),
            named + "0",
            named + "/x")) {
      assertThat(mirror.get(path, "Authorization: " + A).status()).as(path).isEqualTo(404);
    }
    assertThat(passedOn()).isEmpty();
  }

  // ---- what is passed on

  @Test
  void aNameAndAPasswordGoToTheRealmAndTheAnswerComesBackAsItIs() throws IOException {
    Response answer = askForToken(A);

    assertThat(answer.text())
        .matches(
            "\\{\"token\":\"(token-[0-9]-secret)\",\"access_token\":\"\\1\",\"expires_in\":300,"
                + "\"refresh_token\":\"r-secret\"}");
    ScriptedRequest asked = passedOn().getFirst();
    assertThat(asked.target()).isEqualTo("/token" + QUERY);
    assertThat(asked.header("Authorization")).contains(A);
    assertThat(get(BLOB.path(), bearer(answer)).body()).isEqualTo(BLOB.bytes());
    assertThat(mirror.upstream.requests().toString()).doesNotContain(A);
  }

  @ParameterizedTest
  @ValueSource(strings = {FORM_OF_A, REFRESH_FORM})
  void aFormGoesToTheRealmAsItIs(String form) throws IOException {
    Response answer = post(namedRealm(), form);

    ScriptedRequest asked = passedOn().getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.body()).isEqualTo(form);
    assertThat(asked.header("Content-Type")).contains("application/x-www-form-urlencoded");
    assertThat(asked.header("Authorization")).isEmpty();
    assertThat(get(BLOB.path(), bearer(answer)).body()).isEqualTo(BLOB.bytes());
  }

  @Test
  void nobodysRequestIsPassedOnAsNobodysAndItsTokenIsNobodys() throws IOException {
    String token = bearer(mirror.get(namedRealm() + QUERY + "&account=nobody"));

    assertThat(passedOn().getFirst().header("Authorization")).isEmpty();
    assertThat(get(BLOB.path(), token).status()).isEqualTo(401);
  }

  @Test
  void whatTheRealmRefusesIsRefused() throws IOException {
    assertThat(askForToken(basic("mallory:guess")).status()).isEqualTo(401);
    realm.on("/token", Reply.rateLimited("17"));
    Response limited = askForToken(A);
    assertThat(limited.status()).isEqualTo(429);
    assertThat(limited.header("Retry-After")).isEqualTo("17");
  }

  @Test
  void aRedirectToAnotherHostIsNotShownTheCredentialAndGivesNoToken() throws IOException {
    try (ScriptedUpstream elsewhere = ScriptedUpstream.startOn("127.0.0.2")) {
      elsewhere.on("/token", Reply.token("of-elsewhere", 300));
      realm.on("/token", Reply.redirect(307, elsewhere.url() + "/token"));

      assertThat(askForToken(A).status()).isEqualTo(502);
      assertThat(post(namedRealm(), FORM_OF_A).status()).isEqualTo(502);

      assertThat(elsewhere.requests().toString()).doesNotContain(A, "secret-of-a");
    }
  }

  @Test
  void anAnswerWithoutEndIsNotPassedOn() throws IOException {
    namedRealm();
    realm.on("/token", Reply.json("\"" + "x".repeat(300_000) + "\""));

    assertThat(askForToken(A).status()).isEqualTo(502);
  }

  @Test
  void aRealmThatHangsIsWaitedForNoLongerThanAnyAnswer() throws IOException {
    namedRealm();
    realm.on("/token", Reply.hang());

    assertThat(askForToken(A).status()).isEqualTo(504);
  }

  @Test
  void moreThanAnybodyNeedsIsRefused() throws IOException {
    String named = namedRealm();
    int refused = 0;
    for (int i = 0; i < 400 && refused == 0; i++) {
      refused += mirror.get(named + QUERY).status() == 503 ? 1 : 0;
    }
    assertThat(refused).isEqualTo(1);
    assertThat(realm.requests().size()).isBetween(200, 399);
    mirror.nanosAhead.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(mirror.get(named + QUERY).status()).isEqualTo(200);
  }

  // ---- what is no request for a token

  @Test
  void aFormOfAnotherKindIsRefused() throws IOException {
    String named = namedRealm();

    assertThat(post(named, "grant_type=password&username=a&username=b&password=c").status())
        .isEqualTo(400);
    assertThat(post(named + "?x=y", FORM_OF_A).status()).isEqualTo(400);
    assertThat(post(named, FORM_OF_A, "Authorization: " + B).status()).isEqualTo(400);
    assertThat(post(named, FORM_OF_A + "&x=" + "y".repeat(40_000)).status()).isEqualTo(413);
    assertThat(post(BLOB.path() + NS, FORM_OF_A).status()).isEqualTo(405);
    assertThat(mirror.head(named).status()).isEqualTo(400);
    assertThat(mirror.get(named + QUERY, "Authorization: Bearer x").status()).isEqualTo(400);
    assertThat(passedOn()).isEmpty();
  }

  @Test
  void aFormThatComesInPiecesAndHasAnotherRequestBehindIt() throws IOException {
    String request =
        "POST "
            + namedRealm()
            + " HTTP/1.1\r\nHost: mirror\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    StringBuilder body = new StringBuilder();
    for (int at = 0; at < FORM_OF_A.length(); at += 10) {
      String piece = FORM_OF_A.substring(at, Math.min(FORM_OF_A.length(), at + 10));
      body.append(Integer.toHexString(piece.length())).append("\r\n").append(piece).append("\r\n");
    }
    try (var socket = RawClient.connect(mirror.address())) {
      socket
          .getOutputStream()
          .write(
              (request + body + "0\r\n\r\nGET /v2/ HTTP/1.1\r\nHost: mirror\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      assertThat(bearer(RawClient.read(socket.getInputStream(), false))).contains("Bearer token-");
      assertThat(RawClient.read(socket.getInputStream(), false).text()).isEqualTo("{}");
    }
    assertThat(passedOn().getFirst().body()).isEqualTo(FORM_OF_A);
  }

  @Test
  void aFormWithTwoEndsIsRefused() throws IOException {
    String head = "POST " + namedRealm() + " HTTP/1.1\r\nHost: mirror\r\n";
    for (String lengths :
        List.of(
            "Content-Length: 3\r\nContent-Length: 4\r\n",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")) {
      Response answer = RawClient.exchange(mirror.address(), head + lengths + "\r\nabc", false);
      assertThat(answer.status()).isEqualTo(400);
    }
    assertThat(passedOn()).isEmpty();
  }

  // ---- decisions are about the secret

  @Test
  void theNextTokenOfASecretIsAskedAboutNothing() throws IOException {
    pull(A);
    int before = mirror.upstream.requests().size();
    String next = tokenFor(A);
    int asked = mirror.upstream.requests().size() - before;

    assertThat(get(BLOB.path(), next).body()).isEqualTo(BLOB.bytes());
    assertThat(get(MANIFEST.path(), next).body()).isEqualTo(MANIFEST.bytes());

    assertThat(mirror.upstream.requests().size() - before).as("the challenge").isEqualTo(asked);
  }

  @Test
  void theTokenOfAnotherSecretIsAskedAboutAndRefused() throws IOException {
    pull(A);

    assertThat(get(BLOB.path(), tokenFor(B)).status()).isEqualTo(403);
    assertThat(get(MANIFEST.path(), tokenFor(B)).status()).isEqualTo(403);
    assertThat(get(BLOB.path(), "Bearer token-that-nobody-issued").status()).isEqualTo(401);
  }

  @Test
  void aTokenStandsForItsSecretInItsOwnRepositoryAlone() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    mirror.upstream.on(other, request -> answer(request, BLOB));
    String named = found(REALM, get(other, "").header("WWW-Authenticate")).orElseThrow();
    String path = named.substring(named.indexOf("/tarn/"));
    String ofOther = bearer(mirror.get(path + QUERY, "Authorization: " + A));
    assertThat(get(other, ofOther).status()).isEqualTo(200);
    pull(A);
    issued.clear();

    assertThat(get(BLOB.path(), ofOther).status()).isEqualTo(401);
    assertThat(get(other, ofOther).status()).isEqualTo(200);
  }

  @Test
  void aTokenStandsForItsSecretUntilItEnds() throws IOException {
    String token = tokenFor(A);
    after(Duration.ofSeconds(299));
    assertThat(get(BLOB.path(), token).status()).isEqualTo(200);
    mirror.awaitQuiet();
    issued.clear();

    assertThat(get(BLOB.path(), token).status()).isEqualTo(200);
    after(Duration.ofSeconds(1));
    assertThat(get(BLOB.path(), token).status()).isEqualTo(401);
  }

  // ---- while registry and realm are away

  @Test
  void whileBothAreAwayASecretThatWasLetInGetsATokenOfTheNode() throws IOException {
    pull(A);
    registryIsAway();
    realmIsAway();
    after(Duration.ofHours(23));

    assertThat(realmNamedNow()).isEqualTo(namedRealm());
    for (String token : List.of(tokenFor(A), bearer(post(namedRealm(), FORM_OF_A)))) {
      assertThat(token).startsWith("Bearer tarn-local.");
      assertThat(get(TAG, token).body()).isEqualTo(MANIFEST.bytes());
      assertThat(get(MANIFEST.path(), token).body()).isEqualTo(MANIFEST.bytes());
      assertThat(get(BLOB.path(), token).body()).isEqualTo(BLOB.bytes());
      assertThat(get(Sample.blob(9, 10).path(), token).status()).as("not here").isEqualTo(404);
    }
    assertThat(mirror.troubles).anyMatch(line -> line.startsWith("own_token_issued"));
  }

  @Test
  void theTokenHasAllThatAClientLooksFor() throws IOException {
    pull(A);
    registryIsAway();
    realmIsAway();

    assertThat(askForToken(A).text())
        .matches(
            "\\{\"token\":\"(tarn-local\\.[0-9a-f]{64})\",\"access_token\":\"\\1\","
                + "\"expires_in\":300,\"issued_at\":\"2026-03-01T12:00:00Z\"}");
  }

  @Test
  void nobodyElseGetsOne() throws IOException {
    pull(A);
    assertThat(get(BLOB.path(), tokenFor(B)).status()).isEqualTo(403);
    registryIsAway();
    realmIsAway();

    for (String other :
        List.of(B, basic("alice:guess"), basic("alice:"), basic(":secret-of-a"), basic("x:y"))) {
      assertThat(askForToken(other).status()).as("%s", other).isEqualTo(502);
    }
    assertThat(mirror.get(namedRealm() + QUERY).status()).as("nobody").isEqualTo(502);
    assertThat(post(namedRealm(), REFRESH_FORM).status()).isEqualTo(502);
    after(Duration.ofHours(24));
    assertThat(askForToken(A).status()).as("after the grace").isEqualTo(502);
  }

  @Test
  void aTokenOfTheNodeIsShownToNobodyElse() throws IOException {
    pull(A);
    registryIsAway();
    realmIsAway();
    String own = tokenFor(A).substring("Bearer ".length());
    after(Duration.ofMinutes(4));

    for (String shown : List.of("Bearer " + own, "bearer   " + own, "Basic " + own, "x " + own)) {
      for (String path : PATHS) {
        get(path, shown);
      }
      get(Sample.blob(9, 10).path(), shown);
      get("/v2/library/app/tags/list", shown);
      mirror.get(BLOB.uri(), "Authorization: " + shown);
      mirror.get(namedRealm() + QUERY, "Authorization: " + shown);
    }

    assertThat(mirror.upstream.requests().toString()).doesNotContain("tarn-local");
    assertThat(realm.requests().toString()).doesNotContain("tarn-local");
  }

  @Test
  void aTokenOfTheNodeOpensOneRepositoryOfOneRegistryForMinutes() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    mirror.upstream.on(other, request -> answer(request, BLOB));
    pull(A);
    assertThat(get(other, tokenFor(A)).status()).isEqualTo(200);
    mirror.get(BLOB.uri(), "Authorization: " + tokenFor(A));
    mirror.awaitQuiet();
    registryIsAway();
    realmIsAway();
    mirror.upstream.on(other, Reply.status(500));
    String own = tokenFor(A);

    assertThat(get(BLOB.path(), own).status()).isEqualTo(200);
    assertThat(get(other, own).status()).isNotEqualTo(200);
    assertThat(mirror.get(BLOB.uri(), "Authorization: " + own).status()).isNotEqualTo(200);
    after(Duration.ofMinutes(5));
    Response late = get(BLOB.path(), own);
    assertThat(late.status()).as("it gets another").isEqualTo(401);
    assertThat(late.header("WWW-Authenticate")).contains("/tarn/token/", "error=\"invalid_token\"");
    assertThat(get(BLOB.path(), tokenFor(A)).status()).isEqualTo(200);
  }

  @Test
  void aTokenThatTheNodeDidNotIssueIsNotTakenForNobodys() throws IOException {
    Sample open = Sample.blob(3, 1000);
    mirror.upstream.on(open.path(), open.reply());
    assertThat(get(open.path(), "").status()).as("anybody may read").isEqualTo(200);
    pull(A);

    assertThat(get(BLOB.path(), "Bearer tarn-local.0123").status()).isEqualTo(401);
    assertThat(get(open.path(), "Bearer tarn-local.0123").body()).isEqualTo(open.bytes());
  }

  @Test
  void whereTheyAnswerAgainATokenOfTheNodeIsOfNoUse() throws IOException {
    pull(A);
    registryIsAway();
    realmIsAway();
    after(Duration.ofMinutes(10));
    String own = tokenFor(A);
    registryAnswers();
    realm.on("/token", this::grant);

    for (String path : PATHS) {
      Response answer = get(path, own);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate"))
          .contains("/tarn/token/", "error=\"invalid_token\"", "service=\"scripted\"");
    }
    assertThat(get(BLOB.path(), tokenFor(A)).status()).isEqualTo(200);
  }

  @Test
  void aRealmThatIsAwayIsAsGoodAsARegistryThatIs() throws IOException {
    pull(A);
    realmIsAway();
    after(Duration.ofHours(23));

    assertThat(get(BLOB.path(), tokenFor(A)).body()).isEqualTo(BLOB.bytes());
    assertThat(askForToken(B).status()).isEqualTo(502);
  }

  /** As of Docker Hub's, whose realm gives nobody a token, which covers nothing. */
  @Test
  void aRealmThatGaveNobodyATokenAMomentAgoMayBeAwayNow() throws IOException {
    Reply uncovered =
        Reply.challenge(
            "Bearer realm=\""
                + realm.url()
                + "/token\",service=\"scripted\","
                + "scope=\"repository:library/app:pull\",error=\"insufficient_scope\"");
    mirror.upstream.on(TAG, request -> covered(request, MANIFEST, uncovered));
    mirror.upstream.on(BLOB.path(), request -> covered(request, BLOB, uncovered));
    pull(A);
    realmIsAway();
    after(Duration.ofMinutes(1));
    String own = tokenFor(A);

    assertThat(own).contains("tarn-local");
    assertThat(get(TAG, own).body()).isEqualTo(MANIFEST.bytes());
    assertThat(get(BLOB.path(), own).body()).isEqualTo(BLOB.bytes());
    realm.on("/token", this::grant);
    assertThat(get(TAG, own).status()).as("where it answers again").isEqualTo(401);
  }

  private Reply covered(ScriptedRequest request, Sample sample, Reply uncovered) {
    String token = request.header("Authorization").orElse("").replace("Bearer ", "");
    return issued.getOrDefault(token, "").equals("nobody") ? uncovered : answer(request, sample);
  }

  @Test
  void whereOnlyTheRegistryIsAwayARealmsTokenStandsForItsSecret() throws IOException {
    pull(A);
    registryIsAway();
    after(Duration.ofHours(23));
    String token = tokenFor(A);

    assertThat(token).doesNotContain("tarn-local");
    for (String path : PATHS) {
      assertThat(get(path, token).status()).isEqualTo(200);
      assertThat(get(path, tokenFor(B)).status()).isNotEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsNotKnownWhileTheRegistryIsAwayIsToBeGotAnew() throws IOException {
    pull(A);
    String old = tokenFor(A);
    registryIsAway();
    realmIsAway();
    after(Duration.ofMinutes(10));

    Response answer = get(BLOB.path(), old);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).contains("/tarn/token/", "invalid_token");
    assertThat(mirror.get(BLOB.uri(), "Authorization: " + old).status())
        .as("without the option")
        .isEqualTo(502);
  }

  @Test
  void aRealmThatLimitsTheRateOrMakesNoSenseIsNotAway() throws IOException {
    pull(A);
    registryIsAway();
    for (Reply reply : List.of(Reply.rateLimited("5"), Reply.status(400), Reply.htmlPage())) {
      realm.on("/token", reply);
      assertThat(askForToken(A).text()).doesNotContain("tarn-local");
    }
  }

  // ---- what ends it

  @Test
  void whatTheRealmRefusesIsRefusedForGoodAndInAllRepositories() throws IOException {
    String other = "/v2/library/other/blobs/" + BLOB.digest();
    mirror.upstream.on(other, request -> answer(request, BLOB));
    String named = found(REALM, get(other, "").header("WWW-Authenticate")).orElseThrow();
    String ofOther = named.substring(named.indexOf("/tarn/"));
    assertThat(get(other, bearer(mirror.get(ofOther + QUERY, "Authorization: " + A))).status())
        .isEqualTo(200);
    pull(A);
    realm.on("/token", Reply.status(401));
    assertThat(askForToken(A).status()).isEqualTo(401);

    registryIsAway();
    mirror.upstream.on(other, Reply.status(500));
    realmIsAway();

    assertThat(askForToken(A).status()).isEqualTo(502);
    assertThat(mirror.get(ofOther + QUERY, "Authorization: " + A).status()).isEqualTo(502);
  }

  @Test
  void aRealmThatTakesNoFormsSaysNothingOfTheSecret() throws IOException {
    takesForms.set(false);
    pull(A);
    assertThat(post(namedRealm(), FORM_OF_A).status()).isEqualTo(401);
    registryIsAway();
    realmIsAway();

    assertThat(tokenFor(A)).contains("tarn-local");
  }

  @Test
  void aRealmThatTakesFormsDoes() throws IOException {
    bearer(post(namedRealm(), FORM_OF_A));
    pull(A);
    realm.on("/token", Reply.status(401));
    assertThat(post(namedRealm(), FORM_OF_A).status()).isEqualTo(401);
    registryIsAway();
    realmIsAway();

    assertThat(askForToken(A).status()).isEqualTo(502);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "error=\"insufficient_scope\""})
  void whatTheRegistryRefusesATokenEndsItForTheSecret(String error) throws IOException {
    pull(A);
    after(Duration.ofMinutes(10));
    String token = tokenFor(A);
    Reply refusal =
        error.isEmpty()
            ? Reply.status(403)
            : Reply.challenge("Bearer realm=\"" + realm.url() + "/token\"," + error);
    mirror.upstream.on(BLOB.path(), refusal);
    assertThat(get(BLOB.path(), token).status()).isIn(401, 403);
    registryIsAway();
    realmIsAway();

    assertThat(askWithKnownRealm(A).status()).isEqualTo(502);
  }

  /** By the manifest's challenge, which is the same repository's. */
  private Response askWithKnownRealm(String authorization) throws IOException {
    String named = found(REALM, get(TAG, "").header("WWW-Authenticate")).orElseThrow();
    String path = named.substring(named.indexOf("/tarn/"));
    return mirror.get(path + QUERY, "Authorization: " + authorization);
  }

  @Test
  void aTokenThatEndedSaysNothingOfItsSecret() throws IOException {
    pull(A);
    after(Duration.ofMinutes(10));
    String token = tokenFor(A);
    mirror.upstream.on(
        BLOB.path(),
        Reply.challenge("Bearer realm=\"" + realm.url() + "/token\",error=\"invalid_token\""));
    assertThat(get(BLOB.path(), token).status()).isEqualTo(401);
    registryIsAway();
    realmIsAway();

    assertThat(askWithKnownRealm(A).text()).contains("tarn-local");
    assertThat(get(BLOB.path(), token).status()).as("the token itself").isEqualTo(401);
  }

  // ---- what is kept

  @Test
  void noSecretAndNoTokenIsKeptOrTold() throws IOException {
    pull(A);
    post(namedRealm(), FORM_OF_A);
    post(namedRealm(), REFRESH_FORM);
    askForToken(basic("mallory:secret-guess"));
    registryIsAway();
    realmIsAway();
    get(BLOB.path(), tokenFor(A));
    askForToken(B);

    List<String> secrets = List.of("secret", A.substring("Basic ".length()), "tarn-local");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(secrets);
      }
    }
    assertThat(mirror.troubles.toString() + mirror.finished + mirror.stale).doesNotContain(secrets);
    assertThat(mirror.finished.toString()).contains("OfToken");
  }
}
