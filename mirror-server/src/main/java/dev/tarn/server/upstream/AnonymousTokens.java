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
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that an origin's realm issues to anybody, by repository. Kept until shortly before they
 * expire; those who need the same one at once share one request. Blocks the virtual thread that
 * asks.
 */
final class AnonymousTokens {
  private static final int MAX_TOKENS = 4096;
  private static final int MAX_BODY_BYTES = 1024 * 1024;
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Requester requester;
  private final Site registry;
  private final Optional<Path> ca;
  private final InstantSource clock;
  private final Cache<RepositoryName, Issued> tokens =
      Caffeine.newBuilder().maximumSize(MAX_TOKENS).build();
  private final ConcurrentHashMap<RepositoryName, CompletableFuture<TokenAnswer>> asked =
      new ConcurrentHashMap<>();

  AnonymousTokens(Requester requester, Site registry, Optional<Path> ca, InstantSource clock) {
    this.requester = requester;
    this.registry = registry;
    this.ca = ca;
    this.clock = clock;
  }

  /** The token that is kept for a repository, while it lives. */
  @Nullable Issued kept(RepositoryName repository) {
    Issued token = tokens.getIfPresent(repository);
    return token != null && clock.instant().isBefore(token.expires()) ? token : null;
  }

  /**
   * Gets a token for what {@code refusal} asks one.
   *
   * @param rejected the token that the refused request carried; null where it carried none
   */
  TokenAnswer obtain(
      RepositoryName repository,
      Challenge bearer,
      Response refusal,
      @Nullable Issued rejected,
      Deadline deadline) {
    Issued kept = kept(repository);
    if (kept != null && !kept.equals(rejected)) {
      return kept;
    }
    CompletableFuture<TokenAnswer> mine = new CompletableFuture<>();
    CompletableFuture<TokenAnswer> other = asked.putIfAbsent(repository, mine);
    if (other != null) {
      return join(other, deadline);
    }
    TokenAnswer answer = new Unusable(Reason.BROKEN, "the token request ended abruptly");
    try {
      List<String> original = rejected == null ? refusal.challenges() : rejected.challenges();
      answer = request(repository, bearer, refusal, original, deadline);
      switch (answer) {
        case Issued issued -> tokens.put(repository, issued);
        case Denied _ -> tokens.invalidate(repository);
        case Limited _, Unusable _ -> {}
      }
      return answer;
    } finally {
      asked.remove(repository, mine);
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
      RepositoryName repository,
      Challenge bearer,
      Response refusal,
      List<String> original,
      Deadline deadline) {
    Optional<HttpUrl> url = url(repository, bearer);
    if (url.isEmpty()) {
      return new Denied("the realm is no http(s) URL");
    }
    if (registry.tls() && !url.get().site().tls()) {
      return new Denied("the realm is not https though the registry is");
    }
    Requester.Request request =
        new Requester.Request(HttpMethod.GET, url.get(), ca, "application/json", "", "");
    try {
      Response response = requester.askNamed(request, registry, refusal, deadline);
      return switch (response.status()) {
        case 200 -> issued(response, original);
        case 429 -> {
          response.discard();
          yield new Limited(
              RetryAfter.parse(response.headers().get(HttpHeaderNames.RETRY_AFTER), clock));
        }
        case 400, 401, 403, 404 -> {
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

  private static Optional<HttpUrl> url(RepositoryName repository, Challenge bearer) {
    String realm = bearer.parameter("realm").orElse("");
    List<String> query = new ArrayList<>();
    bearer.parameter("service").ifPresent(service -> query.add("service=" + encoded(service)));
    String scopes = bearer.parameter("scope").orElse("repository:" + repository + ":pull");
    for (String scope : scopes.strip().split("\\s+", -1)) {
      query.add("scope=" + encoded(scope));
    }
    int fragment = realm.indexOf('#');
    String bare = fragment < 0 ? realm : realm.substring(0, fragment);
    return HttpUrl.parse(bare + (bare.indexOf('?') < 0 ? "?" : "&") + String.join("&", query));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
