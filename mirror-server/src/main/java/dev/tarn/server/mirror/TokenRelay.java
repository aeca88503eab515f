package dev.tarn.server.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tarn.core.access.Credential;
import dev.tarn.core.access.StandIns;
import dev.tarn.server.mirror.HeaderFields.Field;
import dev.tarn.server.mirror.MirrorRequest.OfToken;
import dev.tarn.server.upstream.BearerChallenges;
import dev.tarn.server.upstream.RealmReply;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamAnswer.ErrorBody;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Stands for the token realms of registries whose clients are to get their tokens through this
 * node: names itself in their challenges, and passes token requests on. So it learns which pull
 * secret a token was given for, and decisions are about the secret, which is the same at the next
 * pull.
 *
 * <p>Where the realm is away, a secret that may still read in a repository gets a token of this
 * node's own for it. It is worth nothing to a registry that can be asked: upstream its bearer is
 * nobody.
 */
final class TokenRelay {
  /** Requests to realms under way: each holds a connection, of this node and of the realm. */
  private static final int MAX_AT_ONCE = 64;

  private static final int MAX_PER_SECOND = 50;
  private static final int MAX_BURST = 200;
  private static final int MAX_REALMS = 1_024;
  private static final OciError TOO_MANY =
      new OciError(OciError.Code.TOOMANYREQUESTS, "too many requests for tokens");

  private final Registries registries;
  private final Access access;
  private final Clock clock;
  private final Duration patience;
  private final MirrorListener listener;
  private final Semaphore places = new Semaphore(MAX_AT_ONCE);
  private final LongSupplier nanoClock;
  private final TokenBucket rate;

  /** Realms that gave a token for a form: some refuse forms, whatever they are shown. */
  private final Cache<String, Boolean> takeForms =
      Caffeine.newBuilder().maximumSize(MAX_REALMS).build();

  /**
   * @param patience how long to wait for a realm
   */
  TokenRelay(
      Registries registries,
      Access access,
      Clock clock,
      LongSupplier nanoClock,
      Duration patience,
      MirrorListener listener) {
    this.registries = registries;
    this.access = access;
    this.clock = clock;
    this.patience = patience;
    this.listener = listener;
    this.nanoClock = nanoClock;
    this.rate =
        new TokenBucket(
            TimeUnit.SECONDS.toNanos(1) / MAX_PER_SECOND, MAX_BURST, nanoClock.getAsLong());
  }

  /** The ticket of which {@code text} is the text, if this node wrote it. */
  Optional<TokenTicket> ticket(String text) {
    return TokenTicket.open(text, access).filter(ticket -> registries.relaysTokens(ticket.scope()));
  }

  /**
   * An answer that sends the client to this node for a token, where it sent it to a realm that this
   * node may ask; else the answer as it is.
   *
   * @param base scheme, host and port of this node, as the client has them
   */
  Answer named(MirrorRequest request, Answer answer, String base) {
    Scope scope = request.scope();
    if (!registries.relaysTokens(scope)) {
      return answer;
    }
    List<String> upstreams = answer.headers().challenges();
    List<String> challenges =
        request.caller().ownToken().isPresent()
            ? BearerChallenges.blamingToken(upstreams)
            : upstreams;
    String origin = registries.upstream(scope).origin(scope.repository());
    return registries
        .upstream(scope)
        .realm(origin, challenges)
        .flatMap(realm -> new TokenTicket(scope, origin, realm).seal(access))
        .map(text -> BearerChallenges.withRealm(challenges, base + TokenTicket.PATH + text))
        .map(answer::withChallenges)
        .orElse(answer);
  }

  /** Asks the realm, and hands out what it answered. */
  Answer answer(OfToken asked) {
    if (rate.take(nanoClock.getAsLong()) > 0 || !places.tryAcquire()) {
      return Answer.error(503, Outcome.FAILED, TOO_MANY);
    }
    try {
      TokenTicket ticket = asked.ticket();
      Optional<Credential> secret =
          asked.request().secret().map(shown -> access.secret(ticket.origin(), shown));
      RealmReply reply =
          registries
              .upstream(ticket.scope())
              .askRealm(ticket.origin(), ticket.realm(), asked.request(), patience);
      return switch (reply) {
        case RealmReply.Answered answered -> {
          secret.ifPresent(known -> note(asked, known, answered));
          yield passed(answered);
        }
        case RealmReply.Unusable unusable ->
            secret
                .filter(_ -> isOutage(unusable.reason()))
                .flatMap(known -> access.ownToken(ticket.scope(), known))
                .map(token -> own(ticket, token, unusable))
                .orElseGet(() -> unavailable(unusable));
      };
    } finally {
      places.release();
    }
  }

  private void note(OfToken asked, Credential secret, RealmReply.Answered answered) {
    TokenTicket ticket = asked.ticket();
    boolean form = asked.request().isForm();
    if (isGranted(answered)) {
      for (String token : answered.tokens()) {
        access.issued(ticket.scope(), ticket.origin(), token, secret, answered.lifetime());
      }
      if (form) {
        takeForms.put(ticket.realm(), true);
      }
    } else if ((answered.status() == 401 || answered.status() == 403)
        && (!form || takeForms.getIfPresent(ticket.realm()) != null)) {
      access.revoked(ticket.scope(), secret);
    }
  }

  private static boolean isGranted(RealmReply.Answered answered) {
    return answered.status() >= 200 && answered.status() < 300;
  }

  /** Whether it may be over soon; a realm that we may not ask, or that makes no sense, stays so. */
  private static boolean isOutage(UpstreamAnswer.Reason reason) {
    return switch (reason) {
      case CONNECT, TIMEOUT, TLS, BROKEN, STATUS -> true;
      case PROTOCOL, FORBIDDEN_TARGET -> false;
    };
  }

  private static Answer passed(RealmReply.Answered answered) {
    ErrorBody body = answered.body();
    String type = body.contentType().isEmpty() ? Answer.JSON : body.contentType();
    Answer plain = json(answered.status(), type, Content.of(body.text()), Source.UPSTREAM);
    return answered
        .retryAfter()
        .map(wait -> plain.with(new Field("Retry-After", Long.toString(wait.toSeconds()))))
        .orElse(plain);
  }

  private Answer own(TokenTicket ticket, String token, RealmReply.Unusable why) {
    listener.trouble("own_token_issued", ticket.scope(), ticket.origin(), why.detail());
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String body =
        "{\"token\":\"%s\",\"access_token\":\"%s\",\"expires_in\":%d,\"issued_at\":\"%s\"}"
            .formatted(token, token, StandIns.OWN_LIFETIME.toSeconds(), now);
    return json(200, Answer.JSON, Content.of(body), Source.NONE);
  }

  private static Answer json(int status, String type, Content body, Source source) {
    HeaderFields headers =
        HeaderFields.of(new Field("Content-Type", type), new Field("Cache-Control", "no-store"));
    return new Answer(
        status, body.length(), headers, new Body.Bytes(body), source, Outcome.PASSED, null);
  }

  private static Answer unavailable(RealmReply.Unusable unusable) {
    int status = unusable.reason() == UpstreamAnswer.Reason.TIMEOUT ? 504 : 502;
    return Answer.unavailable(status, unusable.detail());
  }
}
