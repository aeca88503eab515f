package dev.tarn.server.upstream;

import dev.tarn.server.upstream.TokenAnswer.Denied;
import dev.tarn.server.upstream.TokenAnswer.Issued;
import dev.tarn.server.upstream.TokenAnswer.Limited;
import dev.tarn.server.upstream.TokenAnswer.Unusable;
import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import dev.tarn.server.upstream.UpstreamAnswer.Failed;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One origin of a registry: sends what is asked, gets anonymous tokens where they are needed, and
 * asks again where an attempt failed by chance. Blocks the virtual thread that asks.
 */
final class OriginClient {
  private static final Logger LOG = LoggerFactory.getLogger(OriginClient.class);

  private final Origin origin;
  private final Site site;
  private final String apiRoot;
  private final Requester requester;
  private final AnonymousTokens tokens;
  private final Backoff backoff;
  private final UpstreamSettings settings;
  private final UpstreamListener listener;
  private final Verdict verdict;

  OriginClient(
      Origin origin,
      Requester requester,
      UpstreamSettings settings,
      UpstreamListener listener,
      Seams seams) {
    this.origin = origin;
    this.site = origin.site();
    this.apiRoot = origin.apiRoot();
    this.requester = requester;
    this.tokens = new AnonymousTokens(requester, site, origin.ca(), seams.clock());
    this.backoff = new Backoff(seams.random(), seams.sleeper());
    this.settings = settings;
    this.listener = listener;
    this.verdict =
        new Verdict(
            settings.stallTimeout(),
            seams.clock(),
            reason -> listener.bodyFailed(site.hostAndPort(), reason));
  }

  /** Its host and port. */
  String name() {
    return site.hostAndPort();
  }

  UpstreamAnswer ask(Ask ask, Caller caller) {
    Deadline deadline = Deadline.after(settings.headerTimeout());
    for (int attempt = 0; ; attempt++) {
      Attempt result = attempt(ask, caller, deadline);
      switch (result) {
        case Attempt.Final(UpstreamAnswer answer) -> {
          return answer;
        }
        case Attempt.Chance(Failed failed, Optional<Duration> wait) -> {
          if (attempt == settings.retries() || !backoff.pause(attempt, wait, deadline)) {
            return failed;
          }
          LOG.atDebug()
              .addKeyValue("origin", site)
              .addKeyValue("attempt", attempt + 1)
              .addKeyValue("reason", failed.reason())
              .log("asking upstream again");
        }
      }
    }
  }

  private Attempt attempt(Ask ask, Caller caller, Deadline deadline) {
    try {
      return caller.isAnonymous()
          ? anonymously(ask, deadline)
          : withCredential(ask, caller, deadline);
    } catch (UpstreamException e) {
      Failed failed = new Failed(e.reason(), e.detail());
      return switch (e.reason()) {
        case CONNECT, BROKEN -> new Attempt.Chance(failed, Optional.empty());
        case TIMEOUT, TLS, STATUS, PROTOCOL, FORBIDDEN_TARGET -> new Attempt.Final(failed);
      };
    }
  }

  private Attempt withCredential(Ask ask, Caller caller, Deadline deadline)
      throws UpstreamException {
    return verdict.of(ask, send(ask, caller.authorization().orElse(""), deadline), false);
  }

  private Attempt anonymously(Ask ask, Deadline deadline) throws UpstreamException {
    Issued kept = tokens.kept(ask.repository());
    Response response = send(ask, kept == null ? "" : kept.authorization(), deadline);
    if (kept != null && !isReplaceable(response)) {
      return judgedWithToken(ask, response, kept);
    }
    if (response.status() != 401 || response.foreign()) {
      return verdict.of(ask, response, true);
    }
    List<String> original = kept == null ? response.challenges() : kept.challenges();
    Optional<Challenge> bearer = Challenge.bearer(original);
    ErrorBody body = response.errorBody();
    if (bearer.isEmpty()) {
      return new Attempt.Final(new Refused(401, original, body));
    }
    return switch (tokens.obtain(ask.repository(), bearer.get(), response, kept, deadline)) {
      case Issued token -> withToken(ask, token, deadline);
      case Denied(String why) -> {
        LOG.atDebug().addKeyValue("origin", site).addKeyValue("why", why).log("no anonymous token");
        yield new Attempt.Final(new Refused(401, original, body));
      }
      case Limited(Optional<Duration> wait) -> new Attempt.Final(new RateLimited(wait));
      case Unusable(Reason reason, String detail) ->
          reason == Reason.CONNECT || reason == Reason.BROKEN
              ? new Attempt.Chance(new Failed(reason, detail), Optional.empty())
              : new Attempt.Final(new Failed(reason, detail));
    };
  }

  private Attempt withToken(Ask ask, Issued token, Deadline deadline) throws UpstreamException {
    return judgedWithToken(ask, send(ask, token.authorization(), deadline), token);
  }

  /** What still refuses an anonymous token wants the client's own credential. */
  private Attempt judgedWithToken(Ask ask, Response response, Issued token) {
    boolean refused = response.status() == 401 || response.status() == 403;
    return refused && !response.foreign()
        ? new Attempt.Final(new Refused(401, token.challenges(), response.errorBody()))
        : verdict.of(ask, response, true);
  }

  /** Whether a kept token was refused for itself, not for what it does not cover. */
  private static boolean isReplaceable(Response response) {
    return response.status() == 401
        && !response.foreign()
        && Challenge.bearer(response.challenges())
            .flatMap(challenge -> challenge.parameter("error"))
            .filter("insufficient_scope"::equals)
            .isEmpty();
  }

  private Response send(Ask ask, String authorization, Deadline deadline) throws UpstreamException {
    HttpUrl url = new HttpUrl(site, apiRoot + ask.repository() + "/" + ask.path());
    Requester.Request request =
        new Requester.Request(
            ask.method(), url, origin.ca(), ask.accept(), ask.part().range(), authorization);
    long start = System.nanoTime();
    @Nullable Response response = null;
    Reason reason = Reason.PROTOCOL;
    try {
      response = requester.ask(request, deadline);
      return response;
    } catch (UpstreamException e) {
      reason = e.reason();
      throw e;
    } finally {
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      if (response != null) {
        listener.answered(site.hostAndPort(), response.status(), time);
      } else if (!Thread.currentThread().isInterrupted()) { // Else this node broke it off.
        listener.failed(site.hostAndPort(), reason, time);
      }
    }
  }
}
