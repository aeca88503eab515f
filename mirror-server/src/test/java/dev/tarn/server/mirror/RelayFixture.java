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

/**
 * A mirror through which clients get their tokens, a registry that lets only Alice in, and the
 * realm that issues its tokens: to Alice, to Bob, whom the registry forbids everything, and to
 * nobody.
 */
final class RelayFixture implements AutoCloseable {
  static final String ALICE = basic("alice:secret-of-a");
  static final String FORM_OF_ALICE =
      "grant_type=password&service=scripted&username=alice&password=secret-of-a"
          + "&client_id=containerd-client&scope=repository%3Alibrary%2Fapp%3Apull";
  static final String BOB = basic("bob:secret-of-b");
  static final String REFRESH_FORM =
      "grant_type=refresh_token&refresh_token=secret-identity&service=scripted";
  static final String QUERY = "?service=scripted&scope=repository%3Alibrary%2Fapp%3Apull";
  static final String NS = "?ns=" + MirrorFixture.RELAYING;
  static final Sample BLOB = Sample.blob(1, 300_000);
  static final Sample MANIFEST = Sample.manifest(1);
  static final String TAG = Sample.tagPath("v1");
  static final List<String> PATHS = List.of(TAG, MANIFEST.path(), BLOB.path());

  private static final Pattern REALM = Pattern.compile("realm=\"([^\"]*)\"");
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]*)\"");

  final MirrorFixture mirror;
  final ScriptedUpstream realm = ScriptedUpstream.start();

  /** Which tokens the registry lets in, by name of whom they were issued to. */
  final Map<String, String> issued = new ConcurrentHashMap<>();

  final AtomicBoolean takesForms = new AtomicBoolean(true);
  private final AtomicInteger number = new AtomicInteger();
  private String known = "";

  private RelayFixture(MirrorFixture mirror) {
    this.mirror = mirror;
  }

  static RelayFixture start(Path directory) throws IOException {
    RelayFixture fixture = new RelayFixture(MirrorFixture.start(directory));
    fixture.realmAnswers();
    fixture.registryAnswers();
    return fixture;
  }

  @Override
  public void close() {
    realm.close();
    mirror.close();
  }

  static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  void registryAnswers() {
    mirror.upstream.on(TAG, request -> answer(request, MANIFEST));
    mirror.upstream.on(MANIFEST.path(), request -> answer(request, MANIFEST));
    mirror.upstream.on(BLOB.path(), request -> answer(request, BLOB));
  }

  /** The registry tells whoever comes with nobody's token what it does not cover. */
  void registryGivesNobodysTokenNothing() {
    Reply uncovered =
        Reply.challenge(
            "Bearer realm=\""
                + realm.url()
                + "/token\",service=\"scripted\","
                + "scope=\"repository:library/app:pull\",error=\"insufficient_scope\"");
    mirror.upstream.on(TAG, request -> covered(request, MANIFEST, uncovered));
    mirror.upstream.on(BLOB.path(), request -> covered(request, BLOB, uncovered));
  }

  private Reply covered(ScriptedRequest request, Sample sample, Reply uncovered) {
    String token = request.header("Authorization").orElse("").replace("Bearer ", "");
    return issued.getOrDefault(token, "").equals("nobody") ? uncovered : answer(request, sample);
  }

  /** The registry is there and of no use, so that it hears whatever it is sent. */
  void registryIsAway() {
    PATHS.forEach(path -> mirror.upstream.on(path, Reply.status(500)));
  }

  void realmAnswers() {
    realm.on("/token", this::grant);
  }

  void realmIsAway() {
    realm.on("/token", Reply.status(503));
  }

  private Reply challenge() {
    return Reply.bearer(realm.url() + "/token", "library/app");
  }

  /** What the registry says to whoever asks for the sample. */
  Reply answer(ScriptedRequest request, Sample sample) {
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
        shown.equals(ALICE) || shown.contains("password=secret-of-a") || shown.contains("-identity")
            ? "alice"
            : shown.equals(BOB) ? "bob" : shown.isEmpty() ? "nobody" : "";
    if (name.isEmpty()) {
      return Reply.status(401);
    }
    String token = "token-" + number.incrementAndGet() + "-secret";
    issued.put(token, name);
    return Reply.json(
        "{\"token\":\"%s\",\"access_token\":\"%s\",\"expires_in\":300,\"refresh_token\":\"r-secret\"}"
            .formatted(token, token));
  }

  Response get(String path, String authorization) throws IOException {
    return authorization.isEmpty()
        ? mirror.get(path + NS)
        : mirror.get(path + NS, "Authorization: " + authorization);
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The path of the realm that the mirror names, which stays the same, as it named it first. */
  String namedRealm() throws IOException {
    known = known.isEmpty() ? realmNamedNow() : known;
    return known;
  }

  String realmNamedNow() throws IOException {
    Response asked = get(BLOB.path(), "");
    assertThat(asked.status()).isEqualTo(401);
    String named = found(REALM, asked.header("WWW-Authenticate")).orElseThrow();
    String base = "http://127.0.0.1:" + mirror.address().getPort();
    assertThat(named).startsWith(base + "/tarn/token/");
    return named.substring(base.length());
  }

  /** The path of the realm that a refusal names. */
  static String realmOf(Response refusal) {
    String named = found(REALM, refusal.header("WWW-Authenticate")).orElseThrow();
    return named.substring(named.indexOf("/tarn/"));
  }

  /** What came to the realm for clients; for nobody the mirror asks by itself, too. */
  List<ScriptedRequest> passedOn() {
    return realm.requests().stream()
        .filter(
            request ->
                request.header("Authorization").isPresent()
                    || request.method().equals("POST")
                    || request.query().contains("account="))
        .toList();
  }

  Response askForToken(String authorization) throws IOException {
    return mirror.get(namedRealm() + QUERY, "Authorization: " + authorization);
  }

  Response post(String path, String form, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: mirror\r\n");
    request.append("Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    request.append("Content-Length: ").append(form.length()).append("\r\n\r\n").append(form);
    return RawClient.exchange(mirror.address(), request.toString(), false);
  }

  /** The token that was given, as it is shown. */
  static String bearer(Response response) {
    assertThat(response.status()).as(response.text()).isEqualTo(200);
    assertThat(response.header("Cache-Control")).isEqualTo("no-store");
    return "Bearer " + found(TOKEN, response.text()).orElseThrow();
  }

  String tokenFor(String authorization) throws IOException {
    return bearer(askForToken(authorization));
  }

  void pull(String authorization) throws IOException {
    assertThat(get(TAG, tokenFor(authorization)).body()).isEqualTo(MANIFEST.bytes());
    assertThat(get(BLOB.path(), tokenFor(authorization)).body()).isEqualTo(BLOB.bytes());
    mirror.awaitQuiet();
  }

  void after(Duration time) {
    mirror.now.updateAndGet(now -> now.plus(time));
  }
}
