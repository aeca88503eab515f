package dev.tarn.server.upstream;

import dev.tarn.core.name.RepositoryName;
import dev.tarn.server.upstream.OriginHealth.Result;
import dev.tarn.server.upstream.TokenAnswer.Denied;
import dev.tarn.server.upstream.TokenAnswer.Issued;
import dev.tarn.server.upstream.TokenAnswer.Limited;
import dev.tarn.server.upstream.TokenAnswer.Unusable;
import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import dev.tarn.server.upstream.UpstreamAnswer.Failed;
import dev.tarn.server.upstream.UpstreamAnswer.RateLimited;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import dev.tarn.server.upstream.UpstreamAnswer.Refused;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One origin of a registry: sends what is asked, gets tokens where they are needed, and asks again
 * where an attempt failed by chance. Blocks the virtual thread that asks.
 *
 * <p>A request of Tarn itself is sent as nobody's until the origin asks who it is. Then the
 * configured credential answers: at the realm of a Bearer challenge, if that realm may see it, or
 * to a Basic challenge. A credential that is refused, or may not be shown, counts for a while as if
 * none were configured for the repository.
 *
 * <p>What the origin said a moment ago may save asking: that it limits this caller's requests, or
 * refuses this client's credential. Nobody waits for either to pass.
 */
final class OriginClient {
  private static final Logger LOG = LoggerFactory.getLogger(OriginClient.class);

  /** Where another origin can be asked instead, that is the better second try. */
  private static final int RETRIES_BEFORE_THE_NEXT = 1;

  private final Origin origin;
  private final Site site;
  private final Requester requester;
  private final RealmTokens tokens;
  private final ClientTokens clientTokens;
  private final CredentialSource credentials;
  private final OwnStanding standing;
  private final Restraint restraint;
  private final Refusals refusals;
  private final OriginHealth health;
  private final Backoff backoff;
  private final UpstreamSettings settings;
  private final UpstreamListener listener;
  private final Verdict verdict;

  /** Whether no other origin of the registry can be asked after this one. */
  private volatile boolean last;

  /** Where it was reached last; null where it was not yet, or a proxy knows. */
  private volatile @Nullable InetAddress address;

  OriginClient(
      Origin origin,
      OwnAccess own,
      Requester requester,
      UpstreamSettings settings,
      UpstreamListener listener,
      Seams seams) {
    this.origin = origin;
    this.site = origin.site();
    this.requester = requester;
    TokenRealms realms = new TokenRealms(own.tokenRealms());
    this.tokens = new RealmTokens(requester, site, origin.ca(), realms, seams.clock());
    this.clientTokens = new ClientTokens(requester, site, origin.ca(), realms, seams.clock());
    this.credentials = own.credentials();
    this.standing = new OwnStanding(seams.clock());
    this.restraint = new Restraint(seams.clock());
    this.refusals = new Refusals(seams.clock());
    this.health = new OriginHealth(seams.clock(), seams.random());
    this.backoff = new Backoff(seams.random(), seams.sleeper());
    this.settings = settings;
    this.listener = listener;
    this.verdict = new Verdict(settings.stallTimeout(), seams.clock(), this::bodyBroke);
  }

  Origin origin() {
    return origin;
  }

  /** Says whether no other origin of the registry can be asked after this one. */
  void standsLast(boolean isLast) {
    last = isLast;
  }

  /** Its host and port. */
  String name() {
    return site.hostAndPort();
  }

  /** Whether a client's secret may be shown to a realm that this origin named. */
  boolean trustsRealm(String realm) {
    return clientTokens.trusts(realm);
  }

  /** Passes a client's request for a token on to such a realm. */
  RealmReply askRealm(String realm, TokenRequest request, Duration patience) {
    Deadline deadline = Deadline.after(settings.headerTimeout()).orAfter(patience);
    return clientTokens.ask(realm, request, address, deadline);
  }

  /** Whether nobody's token for the repository is kept, so that its realm would not be asked. */
  boolean keepsToken(RepositoryName repository) {
    return tokens.kept(new RealmTokens.Key(repository, null)) != null;
  }

  /** Nobody's next question in the repository is one to the realm, too. */
  void forgetToken(RepositoryName repository) {
    tokens.forget(new RealmTokens.Key(repository, null));
  }

  /** Whether to ask it now: the last is always asked. Whoever is told so asks. */
  boolean admits() {
    return last || health.admits();
  }

  /** The same where nobody else could answer. */
  boolean admitsAsLastResort() {
    return last || health.admitsAsLastResort();
  }

  UpstreamAnswer ask(Ask ask, Caller caller) {
    Optional<UpstreamAnswer> known = known(ask, caller);
    boolean found = false;
    try {
      UpstreamAnswer answer = known.isPresent() ? known.get() : askNow(ask, caller);
      found = known.isEmpty();
      return answer;
    } finally {
      if (!found) {
        ended(Result.UNCLEAR);
      }
    }
  }

  /** The answer, where the origin gave it a moment ago. */
  private Optional<UpstreamAnswer> known(Ask ask, Caller caller) {
    Optional<Refused> refused = refusals.find(ask, caller);
    if (refused.isPresent()) {
      return Optional.of(refused.get());
    }
    return ask.continues()
        ? Optional.empty()
        : restraint.left(ask, caller).map(left -> new RateLimited(Optional.of(left)));
  }

  /** A transfer under way has its own patience, and what it is told is about a moment. */
  private void noteLimit(Ask ask, Caller caller, RateLimited limited) {
    if (ask.continues()) {
      return;
    }
    Duration leftAlone = restraint.limited(ask, caller, limited.retryAfter());
    if (leftAlone.isPositive()) {
      listener.limited(name(), leftAlone);
    }
  }

  private void ended(Result result) {
    // What this node broke off says nothing.
    boolean interrupted = Thread.currentThread().isInterrupted();
    Duration rest = health.ended(interrupted ? Result.UNCLEAR : result);
    if (!last && rest.isPositive()) {
      listener.rests(name(), rest);
    }
  }

  private void bodyBroke(Reason reason) {
    listener.bodyFailed(name(), reason);
    if (reason == Reason.TIMEOUT) {
      ended(Result.FAILED);
    }
  }

  private int retries() {
    return last ? settings.retries() : Math.min(settings.retries(), RETRIES_BEFORE_THE_NEXT);
  }

  private UpstreamAnswer askNow(Ask ask, Caller caller) {
    Deadline deadline = Deadline.after(settings.headerTimeout());
    for (int attempt = 0; ; attempt++) {
      Attempt result = attempt(ask, caller, deadline);
      switch (result) {
        case Attempt.Final(UpstreamAnswer answer) -> {
          ended(answer instanceof Failed ? Result.UNCLEAR : Result.ANSWERED);
          if (answer instanceof Refused refused) {
            refusals.keep(ask, caller, refused);
          }
          return answer;
        }
        case Attempt.Limited(RateLimited limited) -> {
          ended(Result.ANSWERED);
          noteLimit(ask, caller, limited);
          return limited;
        }
        case Attempt.Away(Failed failed) -> {
          ended(Result.FAILED);
          return failed;
        }
        case Attempt.Chance(Failed failed, Optional<Duration> wait) -> {
          if (attempt == retries() || !backoff.pause(attempt, wait, deadline)) {
            ended(Result.FAILED);
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
      if (caller.isNode()) {
        return asItself(ask, deadline);
      }
      return caller.isAnonymous()
          ? withTokens(new RealmTokens.Key(ask.repository(), null), ask, deadline)
          : withCredential(ask, caller, deadline);
    } catch (UpstreamException e) {
      Failed failed = new Failed(e.reason(), e.detail());
      return switch (e.reason()) {
        case CONNECT, BROKEN -> new Attempt.Chance(failed, Optional.empty());
        case TIMEOUT, TLS -> new Attempt.Away(failed);
        case STATUS, PROTOCOL, FORBIDDEN_TARGET -> new Attempt.Final(failed);
      };
    }
  }

  private Attempt withCredential(Ask ask, Caller caller, Deadline deadline)
      throws UpstreamException {
    return verdict.of(ask, send(ask, caller.authorization().orElse(""), deadline), false);
  }

  private Attempt asItself(Ask ask, Deadline deadline) throws UpstreamException {
    RepositoryName repository = ask.repository();
    Duration patience = Duration.ofNanos(deadline.remainingNanos());
    @Nullable Credential credential =
        credentials
            .find(origin, repository, patience)
            .filter(found -> !standing.isRefused(new RealmTokens.Key(repository, found)))
            .orElse(null);
    RealmTokens.Key key = new RealmTokens.Key(repository, credential);
    return switch (credential) {
      case Credential.RegistryToken(String token) -> withOwn("Bearer " + token, key, ask, deadline);
      case Credential.Password password when standing.wantsBasic(repository) ->
          withOwn(RealmTokens.basic(password), key, ask, deadline);
      case Credential.Password _, Credential.IdentityToken _ -> withTokens(key, ask, deadline);
      case null -> withTokens(key, ask, deadline);
    };
  }

  /** Shows the origin a credential before it asks, because nothing else is possible or known. */
  private Attempt withOwn(String authorization, RealmTokens.Key key, Ask ask, Deadline deadline)
      throws UpstreamException {
    Response response = send(ask, authorization, deadline);
    if (!isRefusal(response)) {
      return verdict.of(ask, response, false);
    }
    response.discard();
    standing.refused(key);
    notUsed(key, "the registry answered " + response.status());
    return withTokens(new RealmTokens.Key(key.repository(), null), ask, deadline);
  }

  private Attempt withTokens(RealmTokens.Key key, Ask ask, Deadline deadline)
      throws UpstreamException {
    Issued kept = tokens.kept(key);
    Response response = send(ask, kept == null ? "" : kept.authorization(), deadline);
    if (kept != null && !isReplaceable(response)) {
      return judgedWithToken(key, ask, response, kept);
    }
    if (response.status() != 401 || response.foreign()) {
      return verdict.of(ask, response, true);
    }
    List<String> original = kept == null ? response.challenges() : kept.challenges();
    Optional<Challenge> bearer = Challenge.bearer(original);
    if (bearer.isPresent()) {
      return withNewToken(key, ask, new Refusal(response, original, bearer.get(), kept), deadline);
    }
    ErrorBody body = response.errorBody();
    return key.credential() instanceof Credential.Password password
            && Challenge.asksForBasic(original)
        ? withBasic(key, password, ask, new Refused(401, original, body), deadline)
        : new Attempt.Final(new Refused(401, original, body));
  }

  /**
   * A 401 that sends for a token.
   *
   * @param original the challenges of an answer to a request without any token
   * @param rejected the token that the refused request carried, if any
   */
  private record Refusal(
      Response response, List<String> original, Challenge bearer, @Nullable Issued rejected) {}

  private Attempt withNewToken(RealmTokens.Key key, Ask ask, Refusal refusal, Deadline deadline)
      throws UpstreamException {
    ErrorBody body = refusal.response().errorBody();
    TokenAnswer answer = obtain(key, refusal, deadline);
    RealmTokens.Key used = key;
    if (key.credential() != null && answer instanceof Denied(String why)) {
      standing.refused(key);
      notUsed(key, why);
      used = new RealmTokens.Key(key.repository(), null);
      answer = obtain(used, refusal, deadline);
    }
    return switch (answer) {
      case Issued token ->
          judgedWithToken(used, ask, send(ask, token.authorization(), deadline), token);
      case Denied(String why) -> {
        LOG.atDebug().addKeyValue("origin", site).addKeyValue("why", why).log("no anonymous token");
        yield new Attempt.Final(new Refused(401, refusal.original(), body));
      }
      case Limited(Optional<Duration> wait) -> new Attempt.Final(new RateLimited(wait));
      case Unusable(Reason reason, String detail) -> withoutToken(new Failed(reason, detail));
    };
  }

  private static Attempt withoutToken(Failed failed) {
    return switch (failed.reason()) {
      case CONNECT, BROKEN -> new Attempt.Chance(failed, Optional.empty());
      case TIMEOUT, TLS, STATUS -> new Attempt.Away(failed);
      case PROTOCOL, FORBIDDEN_TARGET -> new Attempt.Final(failed);
    };
  }

  private TokenAnswer obtain(RealmTokens.Key key, Refusal refusal, Deadline deadline) {
    return tokens.obtain(key, refusal.bearer(), refusal.response(), refusal.rejected(), deadline);
  }

  private Attempt withBasic(
      RealmTokens.Key key, Credential.Password password, Ask ask, Refused asked, Deadline deadline)
      throws UpstreamException {
    Response response = send(ask, RealmTokens.basic(password), deadline);
    if (isRefusal(response)) {
      response.discard();
      standing.refused(key);
      notUsed(key, "the registry answered " + response.status());
      return new Attempt.Final(asked);
    }
    standing.tookBasic(key.repository());
    return verdict.of(ask, response, false);
  }

  private void notUsed(RealmTokens.Key key, String why) {
    LOG.atWarn()
        .addKeyValue("origin", site)
        .addKeyValue("repository", key.repository())
        .addKeyValue("why", why)
        .log("credential_not_used");
  }

  /** What still refuses a token that Tarn got wants the client's own credential. */
  private Attempt judgedWithToken(RealmTokens.Key key, Ask ask, Response response, Issued token) {
    return isRefusal(response)
        ? new Attempt.Final(new Refused(401, token.challenges(), response.errorBody()))
        : verdict.of(ask, response, key.credential() == null);
  }

  /** Whether the registry itself says no; another site's word does not count for it. */
  private static boolean isRefusal(Response response) {
    return (response.status() == 401 || response.status() == 403) && !response.foreign();
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
    HttpUrl url = new HttpUrl(site, origin.target(ask.repository() + "/" + ask.path()));
    Requester.Request request =
        new Requester.Request(
            ask.method(), url, origin.ca(), ask.accept(), ask.part().range(), authorization);
    long start = System.nanoTime();
    @Nullable Response response = null;
    Reason reason = Reason.PROTOCOL;
    try {
      response = requester.ask(request, deadline);
      address = response.registry();
      return response;
    } catch (UpstreamException e) {
      reason = e.reason();
      throw e;
    } finally {
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      if (response != null) {
        listener.answered(site.hostAndPort(), response.status(), time);
        Quota.remaining(response.headers().get(Quota.HEADER))
            .ifPresent(remaining -> listener.quota(name(), remaining));
      } else if (!Thread.currentThread().isInterrupted()) { // Else this node broke it off.
        listener.failed(site.hostAndPort(), reason, time);
      }
    }
  }
}
