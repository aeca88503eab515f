package dev.tarn.server.upstream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.TokenAnswer.Denied;
import dev.tarn.server.upstream.TokenAnswer.Issued;
import dev.tarn.server.upstream.TokenAnswer.Limited;
import dev.tarn.server.upstream.TokenAnswer.Unusable;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that an origin's realm issues, by repository: to anybody, and for a credential of Tarn's
 * own to Tarn. Kept until shortly before they expire; those who need the same one at once share one
 * request. Blocks the virtual thread that asks.
 */
final class RealmTokens {
  private static final int MAX_TOKENS = 4096;
  private static final int MAX_BODY_BYTES = 1024 * 1024;
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final String CLIENT_ID = "tarn";

  private final Requester requester;
  private final Site registry;
  private final Optional<Authorities> ca;
  private final TokenRealms realms;
  private final InstantSource clock;
  private final Cache<Key, Issued> tokens = Caffeine.newBuilder().maximumSize(MAX_TOKENS).build();
  private final ConcurrentHashMap<Key, CompletableFuture<TokenAnswer>> asked =
      new ConcurrentHashMap<>();

  /**
   * Whose token, for what.
   *
   * @param credential what the realm is shown; null for an anonymous token
   */
  record Key(RepositoryName repository, @Nullable Credential credential) {}

  RealmTokens(
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

  /** The token that is kept, while it lives. */
  @Nullable Issued kept(Key key) {
    Issued token = tokens.getIfPresent(key);
    return token != null && clock.instant().isBefore(token.expires()) ? token : null;
  }

  /**
   * Gets a token for what {@code refusal} asks one. A realm that may not be shown the key's
   * credential is not asked.
   *
   * @param rejected the token that the refused request carried; null where it carried none
   */
  TokenAnswer obtain(
      Key key, Challenge bearer, Response refusal, @Nullable Issued rejected, Deadline deadline) {
    Issued kept = kept(key);
    if (kept != null && !kept.equals(rejected)) {
      return kept;
    }
    CompletableFuture<TokenAnswer> mine = new CompletableFuture<>();
    CompletableFuture<TokenAnswer> other = asked.putIfAbsent(key, mine);
    if (other != null) {
      return join(other, deadline);
    }
    TokenAnswer answer = new Unusable(Reason.BROKEN, "the token request ended abruptly");
    try {
      List<String> original = rejected == null ? refusal.challenges() : rejected.challenges();
      answer = request(key, bearer, refusal, original, deadline);
      switch (answer) {
        case Issued issued -> tokens.put(key, issued);
        case Denied _ -> tokens.invalidate(key);
        case Limited _, Unusable _ -> {}
      }
      return answer;
    } finally {
      asked.remove(key, mine);
      mine.complete(answer);
    }
  }

  private static TokenAnswer join(CompletableFuture<TokenAnswer> other, Deadline deadline) {
    try {
      return other.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Unusable(Reason.TIMEOUT, "no token in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("token requests complete with a value", e);
    } catch (InterruptedException e) {
      return new Unusable(Reason.BROKEN, Interrupts.restored(e).detail());
    }
  }

  private TokenAnswer request(
      Key key, Challenge bearer, Response refusal, List<String> original, Deadline deadline) {
    Optional<Requester.Request> asking = request(key, bearer);
    if (asking.isEmpty()) {
      return new Denied("the realm is no http(s) URL");
    }
    Requester.Request request = asking.get();
    if (registry.tls() && !request.url().site().tls()) {
      return new Denied("the realm is not https though the registry is");
    }
    if (key.credential() != null && !realms.allow(registry, request.url().site())) {
      return new Denied("not a token realm of this origin: " + request.url().site());
    }
    try {
      Response response = requester.askNamed(request, registry, refusal, deadline);
      return switch (response.status()) {
        case 200 -> issued(response, original);
        case 429 -> {
          response.discard();
          yield new Limited(
              RetryAfter.parse(response.headers().get(HttpHeaderNames.RETRY_AFTER), clock));
        }
        case 400, 401, 403, 404, 405 -> {
          response.discard();
          yield new Denied("the realm answered " + response.status());
        }
        default -> {
          response.discard();
          yield new Unusable(Reason.STATUS, "the token realm answered " + response.status());
        }
      };
    } catch (UpstreamException e) {
      return e.reason() == Reason.FORBIDDEN_TARGET
          ? new Denied(e.detail())
          : new Unusable(e.reason(), "token realm: " + e.detail());
    }
  }

  private TokenAnswer issued(Response response, List<String> original) {
    Optional<TokenJson> json = response.bytes(MAX_BODY_BYTES).flatMap(TokenJson::parse);
    if (json.isEmpty()) {
      return new Unusable(Reason.PROTOCOL, "the token realm sent no token");
    }
    Duration lifetime = json.get().lifetime();
    Duration quarter = lifetime.dividedBy(4);
    Duration margin = quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN;
    return new Issued(
        "Bearer " + json.get().token(), clock.instant().plus(lifetime).minus(margin), original);
  }

  private Optional<Requester.Request> request(Key key, Challenge bearer) {
    List<String> query = new ArrayList<>();
    bearer.parameter("service").ifPresent(service -> query.add("service=" + encoded(service)));
    String scopes = bearer.parameter("scope").orElse("repository:" + key.repository() + ":pull");
    return switch (key.credential()) {
      case null -> get(bearer, query, scopes, "");
      case Credential.Password password -> get(bearer, query, scopes, basic(password));
      case Credential.IdentityToken(String token) -> exchange(bearer, query, scopes, token);
      case Credential.RegistryToken _ ->
          throw new IllegalStateException("a registry's token is shown to no realm");
    };
  }

  private Optional<Requester.Request> get(
      Challenge bearer, List<String> parameters, String scopes, String authorization) {
    List<String> query = new ArrayList<>(parameters);
    for (String scope : scopes.strip().split("\\s+", -1)) {
      query.add("scope=" + encoded(scope));
    }
    String realm = realmText(bearer);
    return HttpUrl.parse(realm + (realm.indexOf('?') < 0 ? "?" : "&") + String.join("&", query))
        .map(
            url ->
                new Requester.Request(
                    HttpMethod.GET, url, ca, "application/json", "", authorization));
  }

  /** The OAuth 2 way: the identity token, as a refresh token, in a form. */
  private Optional<Requester.Request> exchange(
      Challenge bearer, List<String> parameters, String scopes, String identityToken) {
    List<String> form = new ArrayList<>(parameters);
    form.add("scope=" + encoded(scopes.strip()));
    form.add("grant_type=refresh_token");
    form.add("client_id=" + CLIENT_ID);
    form.add("refresh_token=" + encoded(identityToken));
    return HttpUrl.parse(realmText(bearer))
        .map(
            url ->
                new Requester.Request(
                    HttpMethod.POST, url, ca, "application/json", "", "", String.join("&", form)));
  }

  /** What shows a user and a password. */
  static String basic(Credential.Password password) {
    String text = password.user() + ":" + password.password();
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String realmText(Challenge bearer) {
    String realm = bearer.parameter("realm").orElse("");
    int fragment = realm.indexOf('#');
    return fragment < 0 ? realm : realm.substring(0, fragment);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
