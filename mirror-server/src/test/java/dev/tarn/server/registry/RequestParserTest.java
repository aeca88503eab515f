package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.name.Reference;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.core.name.Tag;
import dev.tarn.core.range.RangeRequest;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.MirroredRegistry;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.Scope;
import dev.tarn.server.registry.RequestParser.Parsed;
import dev.tarn.server.upstream.Caller;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
  private static final RegistryHost EXAMPLE = new RegistryHost("example.com");
  private static final RegistryHost LOCAL = new RegistryHost("localhost:5000");
  private static final Set<RegistryHost> CONFIGURED =
      Set.of(EXAMPLE, LOCAL, RegistryHost.DOCKER_HUB);

  private final RequestParser parser =
      new RequestParser(
          new Registries(
              CONFIGURED.stream()
                  .map(host -> new MirroredRegistry(host, new NeverAsked(), name -> Duration.ZERO))
                  .toList()));

  /** Parsing asks nobody. */
  private static final class NeverAsked implements Upstream {
    @Override
    public String origin(RepositoryName repository) {
      throw new AssertionError("asked");
    }

    @Override
    public UpstreamAnswer headManifest(
        RepositoryName repository, Reference reference, String accept, Caller caller) {
      throw new AssertionError("asked");
    }

    @Override
    public UpstreamAnswer getManifest(
        RepositoryName repository, Reference reference, String accept, Caller caller) {
      throw new AssertionError("asked");
    }

    @Override
    public UpstreamAnswer headBlob(RepositoryName repository, Digest digest, Caller caller) {
      throw new AssertionError("asked");
    }

    @Override
    public UpstreamAnswer getPart(
        RepositoryName repository, Digest digest, long offset, long end, Caller caller) {
      throw new AssertionError("asked");
    }

    @Override
    public UpstreamAnswer getListing(
        RepositoryName repository, String pathAndQuery, Caller caller) {
      throw new AssertionError("asked");
    }
  }

  private static HttpRequest http(String method, String uri) {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), uri);
  }

  private MirrorRequest asked(String uri) {
    Parsed parsed = parser.parse(http("GET", uri));
    assertThat(parsed).isInstanceOf(Parsed.Ask.class);
    return ((Parsed.Ask) parsed).request();
  }

  private Parsed.Refused refused(String method, String uri) {
    Parsed parsed = parser.parse(http(method, uri));
    assertThat(parsed).as(uri).isInstanceOf(Parsed.Refused.class);
    return (Parsed.Refused) parsed;
  }

  private static Scope scope(RegistryHost registry, String repository) {
    return new Scope(registry, new RepositoryName(repository));
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/library/app/manifests/v1?ns=example.com, example.com, library/app",
    "/v2/example.com/library/app/manifests/v1, example.com, library/app",
    "/v2/app/manifests/v1?ns=example.com, example.com, app",
    "/v2/example.com/app/manifests/v1, example.com, app",
    "/v2/a/b/c/d/manifests/v1?ns=localhost%3A5000, localhost:5000, a/b/c/d",
    "/v2/a/manifests/v1?ns=localhost:5000, localhost:5000, a",
    "/v2/localhost:5000/a/manifests/v1, localhost:5000, a",
    "/v2/localhost%3A5000/a/manifests/v1, localhost:5000, a",
    "/v2/alpine/manifests/v1?ns=docker.io, docker.io, library/alpine",
    "/v2/library/alpine/manifests/v1?ns=docker.io, docker.io, library/alpine",
    "/v2/docker.io/alpine/manifests/v1, docker.io, library/alpine",
    "/v2/docker.io/library/alpine/manifests/v1, docker.io, library/alpine",
    "/v2/registry-1.docker.io/alpine/manifests/v1, docker.io, library/alpine",
    "/v2/someone/thing/manifests/v1?ns=registry-1.docker.io, docker.io, someone/thing",
    "/v2/alpine/manifests/v1?ns=index.docker.io, docker.io, library/alpine",
    "/v2/EXAMPLE.com/app/manifests/v1, example.com, app",
    "/v2/example.com/app/manifests/v1?ns=docker.io, docker.io, example.com/app",
    "/v2/app/manifests/manifests/v1?ns=example.com, example.com, app/manifests",
  })
  void bothAddressingsNameTheSameRepository(String uri, String registry, String repository) {
    assertThat(asked(uri).scope()).isEqualTo(scope(new RegistryHost(registry), repository));
    assertThat(asked(uri))
        .isInstanceOfSatisfying(
            MirrorRequest.OfManifest.class,
            manifest -> assertThat(manifest.reference()).isEqualTo(new Tag("v1")));
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/0f/manifests/latest?ns=canary.tarn.invalid, 0f",
    "/v2/0f/manifests/latest?x&n%73=canary%2Etarn.invalid&y, 0f",
    "/v2/0f/blobs/x?ns=canary.tarn.invalid, 0f",
    "/v2/a/b/c/d?ns=canary.tarn.invalid, a/b",
    "/v2/example.com/0f/manifests/latest?ns=canary.tarn.invalid, example.com/0f",
  })
  void theCanaryIsNotServedAndKnown(String uri, String repository) {
    assertThat(parser.parse(http("HEAD", uri)))
        .isEqualTo(
            new Parsed.Canary(
                repository, refused("HEAD", "/v2/0f/manifests/latest?ns=not.served")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/canary.tarn.invalid/0f/manifests/latest",
        "/v2/0f/manifests/latest?ns=CANARY.tarn.invalid",
        "/v2/0f/manifests/latest?ns=canary.tarn.invalid:443",
        "/v2/0f/manifests/latest?ns=canary.tarn.invalid.",
      })
  void whatContainerdWouldNotSayIsNoCanary(String uri) {
    assertThat(refused("GET", uri).status()).isEqualTo(404);
  }

  @Test
  void nobodyCanServeTheCanary() {
    MirroredRegistry canary =
        new MirroredRegistry(RegistryHost.CANARY, new NeverAsked(), name -> Duration.ZERO);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Registries(List.of(canary)))
        .withMessageContaining("canary.tarn.invalid");
  }

  @Test
  void aBlobIsAskedForByItsDigestAndRange() {
    HttpRequest http = http("GET", "/v2/app/blobs/" + DIGEST + "?ns=example.com");
    http.headers().set("Range", "bytes=5-9").set("Authorization", "Bearer secret");

    MirrorRequest.OfBlob blob = (MirrorRequest.OfBlob) ((Parsed.Ask) parser.parse(http)).request();

    assertThat(blob.digest()).hasToString(DIGEST);
    assertThat(blob.range()).isEqualTo(new RangeRequest.From(5, 9));
    assertThat(blob.head()).isFalse();
    assertThat(blob.caller().authorization()).contains("Bearer secret");
    assertThat(blob.toString()).doesNotContain("secret");
  }

  @Test
  void theAcceptHeadersOfAManifestAreOneList() {
    HttpRequest http = http("HEAD", "/v2/app/manifests/" + DIGEST + "?ns=example.com");
    http.headers().add("Accept", "a/b, c/d").add("Accept", "e/f");

    MirrorRequest.OfManifest manifest =
        (MirrorRequest.OfManifest) ((Parsed.Ask) parser.parse(http)).request();

    assertThat(manifest.accept()).isEqualTo("a/b, c/d, e/f");
    assertThat(manifest.head()).isTrue();
  }

  @Test
  void listingsKeepTheirParametersButNotTheNamespace() {
    assertThat(asked("/v2/app/tags/list?n=2&ns=example.com&last=a%2Fb"))
        .isInstanceOfSatisfying(
            MirrorRequest.OfListing.class,
            list -> assertThat(list.pathAndQuery()).isEqualTo("tags/list?n=2&last=a%2Fb"));
    assertThat(asked("/v2/example.com/app/referrers/" + DIGEST + "?artifactType=x"))
        .isInstanceOfSatisfying(
            MirrorRequest.OfListing.class,
            list ->
                assertThat(list.pathAndQuery())
                    .isEqualTo("referrers/" + DIGEST + "?artifactType=x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/", "/v2", "/v2/?ns=example.com", "/v2/?ns=unknown.test"})
  void theApiRootIsAPing(String uri) {
    assertThat(parser.parse(http("GET", uri))).isInstanceOf(Parsed.Ping.class);
    assertThat(parser.parse(http("HEAD", uri))).isInstanceOf(Parsed.Ping.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
  void whatWritesIsNotAllowed(String method) {
    Parsed.Refused refused = refused(method, "/v2/app/manifests/v1?ns=example.com");

    assertThat(refused.status()).isEqualTo(405);
    assertThat(refused.error().code()).isEqualTo(OciError.Code.UNSUPPORTED);
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/app/manifests/v1?ns=other.test, 404",
    "/v2/app/manifests/v1?ns=, 404",
    "/v2/app/manifests/v1?ns=example.com:443, 404",
    "/v2/app/manifests/v1?ns=127.0.0.1, 404",
    "/v2/app/manifests/v1?ns=example.com%2F..%2Fother, 404",
    "/v2/app/manifests/v1?ns=example.com@other.test, 404",
    "/v2/app/manifests/v1?ns=example.com%00, 400",
    "/v2/app/manifests/v1?ns=example.com&ns=example.com, 400",
    "/v2/app/manifests/v1, 404",
    "/v2/other.test/app/manifests/v1, 404",
    "/v2/example.com/manifests/v1, 404",
    "/v2/example.com//app/manifests/v1, 404",
    "/v2/App/manifests/v1?ns=example.com, 404",
    "/v2/../app/manifests/v1?ns=example.com, 404",
    "/v2/app/../../etc/manifests/v1?ns=example.com, 404",
    "/v2/%2e%2e/app/manifests/v1?ns=example.com, 404",
    "/v2/app%2f..%2f..%2fmanifests/v1?ns=example.com, 404",
    "/v2/app/manifests/..?ns=example.com, 404",
    "/v2/app/manifests/%2e%2e%2fx?ns=example.com, 404",
    "/v2/app/manifests/?ns=example.com, 404",
    "/v2/app/manifests/sha256:abc?ns=example.com, 404",
    "/v2/app/manifests/v1%0d%0aX:y?ns=example.com, 400",
    "/v2/app/manifests/v1%00?ns=example.com, 400",
    "/v2/app/manifests/%zz?ns=example.com, 400",
    "/v2/app/manifests/%252e%252e?ns=example.com, 404",
    "/v2/app/blobs/../../x?ns=example.com, 404",
    "/v2/app/blobs/v1?ns=example.com, 404",
    "/v2/app/blobs/md5:00?ns=example.com, 404",
    "/v2/app/blobs/uploads/?ns=example.com, 404",
    "/v2/app/tags/other?ns=example.com, 404",
    "/v2/app/referrers/v1?ns=example.com, 400",
    "/v2/_catalog, 404",
    "/v2/_catalog?ns=example.com, 404",
    "/v1/app/manifests/v1?ns=example.com, 404",
    "/, 404",
    "/metrics, 404",
    "//v2/app/manifests/v1?ns=example.com, 404",
    "http://other.test/v2/app/manifests/v1?ns=example.com, 400",
    "v2/app/manifests/v1?ns=example.com, 400",
    "*, 400",
  })
  void whatCannotBeServedIsRefused(String uri, int status) {
    assertThat(refused("GET", uri).status()).as(uri).isEqualTo(status);
  }

  @Test
  void aDigestInUpperCaseIsNotAnotherNameOfTheBlob() {
    assertThat(
            refused("GET", "/v2/app/blobs/" + DIGEST.replace('a', 'A') + "?ns=example.com")
                .status())
        .isEqualTo(404);
  }

  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 20), LongStream.of(System.nanoTime()));
  }

  private static final List<String> PIECES =
      List.of(
          "/",
          "/v2/",
          "v2",
          "..",
          ".",
          "//",
          "%2f",
          "%2e",
          "%",
          "%00",
          "%zz",
          "?",
          "&",
          "=",
          "ns=",
          "?ns=",
          "example.com",
          "EXAMPLE.COM",
          "docker.io",
          "other.test",
          "localhost:5000",
          "localhost%3A5000",
          "/manifests/",
          "/blobs/",
          "/tags/list",
          "/referrers/",
          DIGEST,
          DIGEST.substring(0, 30),
          "sha512:",
          "v1",
          "library/alpine",
          "a",
          "_",
          "-",
          "@",
          ":",
          "#",
          " ",
          "\t",
          "\r",
          "\u0000",
          "ä",
          "\uffff",
          "n=1",
          "last=",
          "[::1]:5000",
          ":99999");

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whateverComesItNeverThrowsNorLeavesTheConfiguredRegistries(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 1_500; i++) {
      StringBuilder uri = new StringBuilder(random.nextInt(5) == 0 ? "" : "/v2/");
      for (int j = random.nextInt(9); j >= 0; j--) {
        uri.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      HttpRequest request = decoded("GET " + uri + " HTTP/1.1\r\n\r\n");
      if (request != null && request.decoderResult().isSuccess()) {
        check(request);
      }
    }
  }

  /** What the HTTP decoder makes of these characters; null where it is nothing yet. */
  private static @Nullable HttpRequest decoded(String text) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    try {
      channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
      return channel.readInbound();
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private void check(HttpRequest http) {
    String uri = http.uri();
    switch (parser.parse(http)) {
      case Parsed.Ping _ -> assertThat(uri).startsWith("/v2");
      case Parsed.Refused(int status, OciError error) -> {
        assertThat(status).as(uri).isIn(400, 404);
        assertThat(error.toJson()).startsWith("{\"errors\":[{\"code\":\"");
      }
      case Parsed.Canary(String _, Parsed.Refused answer) ->
          assertThat(answer.status()).isEqualTo(404);
      case Parsed.Ask(MirrorRequest request, @Nullable Links links, boolean _) -> {
        assertThat(CONFIGURED).as(uri).contains(request.scope().registry());
        assertThat(request.scope().repository().value()).doesNotContain("..", "//", "%");
        if (request instanceof MirrorRequest.OfListing listing) {
          assertThat(links).as(uri).extracting(Links::base).asString().startsWith("/v2/");
          assertThat(listing.pathAndQuery().chars()).as(uri).allMatch(c -> c > 0x20 && c < 0x7f);
        }
      }
    }
  }
}
