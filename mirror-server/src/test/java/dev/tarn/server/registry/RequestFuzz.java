package dev.tarn.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tarn.core.name.RegistryHost;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.MirroredRegistry;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.mirror.Scope;
import dev.tarn.server.net.StrictRequestDecoder;
import dev.tarn.server.registry.RequestParser.Parsed;
import dev.tarn.server.upstream.Upstream;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whatever comes over a connection: what is asked of the mirror is asked of a configured registry,
 * by its canonical name, and asked again by that name it is the same.
 */
class RequestFuzz {
  private static final int LONGEST_NAME = RepositoryName.MAX_LENGTH;
  private static final Set<RegistryHost> CONFIGURED =
      Set.of(
          new RegistryHost("example.com"),
          new RegistryHost("localhost:5000"),
          RegistryHost.DOCKER_HUB);

  private final RequestParser parser =
      new RequestParser(
          new Registries(
              CONFIGURED.stream()
                  .map(host -> new MirroredRegistry(host, neverAsked(), name -> Duration.ZERO))
                  .toList()));

  /** Parsing asks nobody. */
  private static Upstream neverAsked() {
    return (Upstream)
        Proxy.newProxyInstance(
            Upstream.class.getClassLoader(),
            new Class<?>[] {Upstream.class},
            (_, method, _) -> {
              throw new AssertionError("asked for " + method);
            });
  }

  @FuzzTest
  void request(byte[] input) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new StrictRequestDecoder(
                RegistrySettings.MAX_REQUEST_LINE_BYTES, RegistrySettings.MAX_HEADER_BYTES));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(input));
      for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
        if (read instanceof HttpRequest http && http.decoderResult().isSuccess()) {
          check(http);
        }
        ReferenceCountUtil.release(read);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private void check(HttpRequest http) {
    switch (parser.parse(http)) {
      case Parsed.Ping _ -> assertThat(http.uri()).startsWith("/v2");
      case Parsed.Refused(int status, OciError error) -> {
        assertThat(status).isIn(400, 404, 405);
        assertThat(error.toJson()).startsWith("{\"errors\":[{\"code\":\"").isASCII();
      }
      case Parsed.Canary(String _, Parsed.Refused answer) -> {
        assertThat(http.uri()).contains("?");
        assertThat(answer.status()).isEqualTo(404);
      }
      case Parsed.Ask(MirrorRequest asked, @Nullable Links links, boolean _) -> {
        check(asked.scope());
        String canonical = target(asked);
        assertThat(canonical).isASCII().doesNotContainAnyWhitespaces();
        http.setUri(canonical);
        assertThat(parser.parse(http))
            .isInstanceOfSatisfying(
                Parsed.Ask.class,
                again -> assertThat(canonical(again.request())).isEqualTo(canonical(asked)));
        if (links != null) {
          String link = String.valueOf(links.rewrite("</x?n=1>; rel=next"));
          assertThat(link).startsWith("</v2/").isASCII().doesNotContain("\r", "\n");
        }
      }
    }
  }

  private static void check(Scope scope) {
    assertThat(CONFIGURED).contains(scope.registry());
    String name = scope.repository().value();
    assertThat(name).hasSizeBetween(1, LONGEST_NAME).doesNotContain("..", "//", "%", "\\");
    assertThat(name).doesNotStartWith("/").doesNotEndWith("/");
    if (scope.registry().equals(RegistryHost.DOCKER_HUB)) {
      assertThat(name).contains("/");
    }
  }

  /** All but the caller. */
  private static List<Object> canonical(MirrorRequest asked) {
    Object range = asked instanceof MirrorRequest.OfBlob blob ? blob.range() : "";
    return List.of(asked.scope(), asked.head(), target(asked), range);
  }

  /** What containerd would have sent. */
  private static String target(MirrorRequest asked) {
    String start = "/v2/" + asked.scope().repository() + "/";
    String namespace = "ns=" + asked.scope().registry();
    return switch (asked) {
      case MirrorRequest.OfManifest manifest ->
          start + "manifests/" + manifest.reference() + "?" + namespace;
      case MirrorRequest.OfBlob blob -> start + "blobs/" + blob.digest() + "?" + namespace;
      case MirrorRequest.OfListing listing ->
          start
              + listing.pathAndQuery()
              + (listing.pathAndQuery().contains("?") ? "&" : "?")
              + namespace;
      case MirrorRequest.OfToken _ -> throw new AssertionError("not from this parser");
    };
  }
}
