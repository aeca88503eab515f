package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes clients' requests for tokens on to the realms of one origin, under the rules by which
 * realms are shown Tarn's own credentials. Nothing is kept. Blocks the virtual thread that asks.
 */
final class ClientTokens {
  private static final int MAX_BODY_BYTES = 256 * 1024;

  private final Requester requester;
  private final Site registry;
  private final Optional<Authorities> ca;
  private final TokenRealms realms;
  private final InstantSource clock;

  ClientTokens(
      Requester requester,
      Site registry,
      Optional<Authorities> ca,
      TokenRealms realms,
      InstantSource clock) {
    this.requester = requester;
    this.registry = registry;
    this.ca = ca;
    this.realms = realms;
    this.clock = clock;
  }

  /** Whether a client's secret may be shown to the realm. */
  boolean trusts(String realm) {
    return HttpUrl.parse(realm).filter(url -> realms.allow(registry, url.site())).isPresent();
  }

  /**
   * Asks the realm.
   *
   * @param home where the origin was reached last; null where that is not known
   */
  RealmReply ask(String realm, TokenRequest asked, @Nullable InetAddress home, Deadline deadline) {
    Optional<HttpUrl> url = trusts(realm) ? url(realm, asked.query()) : Optional.empty();
    if (url.isEmpty()) {
      return new RealmReply.Unusable(Reason.FORBIDDEN_TARGET, "not a token realm of this origin");
    }
    Requester.Request request =
        new Requester.Request(
            asked.isForm() ? HttpMethod.POST : HttpMethod.GET,
            url.get(),
            ca,
            "application/json",
            "",
            asked.authorization(),
            asked.form());
    try {
      InetAddress address = home == null ? requester.addressOf(registry, deadline) : home;
      return reply(asked, requester.askNamed(request, registry, address, deadline));
    } catch (UpstreamException e) {
      return new RealmReply.Unusable(e.reason(), "token realm: " + e.detail());
    }
  }

  private static Optional<HttpUrl> url(String realm, String query) {
    int fragment = realm.indexOf('#');
    String base = fragment < 0 ? realm : realm.substring(0, fragment);
    String separator = query.isEmpty() ? "" : base.indexOf('?') < 0 ? "?" : "&";
    return HttpUrl.parse(base + separator + query);
  }

  private RealmReply reply(TokenRequest asked, Response response) {
    int status = response.status();
    if (asked.carriesCredential() && response.foreign()) {
      response.discard();
      return new RealmReply.Unusable(Reason.PROTOCOL, "the realm redirected to another host");
    }
    if (status >= 500) {
      response.discard();
      return new RealmReply.Unusable(Reason.STATUS, "the token realm answered " + status);
    }
    if (status < 200 || (status >= 300 && status < 400)) {
      response.discard();
      return new RealmReply.Unusable(Reason.PROTOCOL, "the token realm answered " + status);
    }
    if (status >= 300) {
      return new RealmReply.Answered(
          status,
          response.errorBody(),
          RetryAfter.parse(response.headers().get(HttpHeaderNames.RETRY_AFTER), clock),
          Set.of(),
          Duration.ZERO);
    }
    return granted(response);
  }

  private static RealmReply granted(Response response) {
    Optional<byte[]> body = response.bytes(MAX_BODY_BYTES);
    if (body.isEmpty()) {
      return new RealmReply.Unusable(Reason.PROTOCOL, "the token realm's answer has no end");
    }
    Optional<TokenJson> json = TokenJson.parse(body.get());
    return new RealmReply.Answered(
        response.status(),
        new ErrorBody(
            response.header(HttpHeaderNames.CONTENT_TYPE).orElse(""),
            new String(body.get(), StandardCharsets.UTF_8)),
        Optional.empty(),
        json.map(TokenJson::tokens).orElse(Set.of()),
        json.map(TokenJson::lifetime).orElse(Duration.ZERO));
  }
}
