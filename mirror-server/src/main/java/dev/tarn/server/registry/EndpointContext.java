package dev.tarn.server.registry;

import dev.tarn.server.mirror.Answer;
import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.Outcome;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of the endpoint share. Thread-safe. */
final class EndpointContext {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointContext.class);

  private final RequestParser parser;
  private final Mirror mirror;
  private final TokenRequests tokens;
  private final RegistrySettings settings;
  private final Executor workers;
  private final LongSupplier nanoClock;
  private final ExchangeListener listener;
  private final @Nullable AgentRequests agent;
  private volatile boolean draining;

  EndpointContext(
      RequestParser parser,
      Mirror mirror,
      TokenRequests tokens,
      RegistrySettings settings,
      Executor workers,
      LongSupplier nanoClock,
      ExchangeListener listener,
      @Nullable AgentRequests agent) {
    this.parser = parser;
    this.mirror = mirror;
    this.tokens = tokens;
    this.settings = settings;
    this.workers = workers;
    this.nanoClock = nanoClock;
    this.listener = listener;
    this.agent = agent;
  }

  RequestParser parser() {
    return parser;
  }

  Mirror mirror() {
    return mirror;
  }

  TokenRequests tokens() {
    return tokens;
  }

  RegistrySettings settings() {
    return settings;
  }

  Executor workers() {
    return workers;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  ExchangeListener listener() {
    return listener;
  }

  /** What the agent asks; null where there is none. */
  @Nullable AgentRequests agent() {
    return agent;
  }

  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** The answer where it is at hand, else null; for the event loop. */
  @Nullable Answer hit(MirrorRequest request) {
    try {
      return mirror.hit(request);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("scope", request.scope()).log("request_failed");
      return null;
    }
  }

  /**
   * The mirror's answer, whatever happens; blocks, for a virtual thread.
   *
   * @param base where the client reaches this node, if both are on one machine; else null
   */
  Answer answer(MirrorRequest request, @Nullable String base) {
    try {
      Answer answer = mirror.answer(request);
      return base != null && answer.isChallenge() ? mirror.named(request, answer, base) : answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unavailable("shutting down");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("scope", request.scope()).log("request_failed");
      return unavailable("internal error");
    }
  }

  static Answer unavailable(String why) {
    return Answer.error(503, Outcome.FAILED, new OciError(OciError.Code.UNAVAILABLE, why));
  }
}
