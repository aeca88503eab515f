package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends GETs and HEADs and follows their redirects; sends forms to token realms. Blocks the virtual
 * thread that asks, until the final answer's headers are here.
 */
final class Requester {
  private static final Logger LOG = LoggerFactory.getLogger(Requester.class);
  private static final int MAX_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /**
   * What is asked.
   *
   * @param accept may be empty: the header is not sent
   * @param range a {@code Range} header, or empty
   * @param authorization for the first site alone, or empty
   * @param form a body that is sent, or empty; what it holds is for the first site alone, so that a
   *     redirect of such a request is not followed
   */
  record Request(
      HttpMethod method,
      HttpUrl url,
      Optional<Authorities> ca,
      String accept,
      String range,
      String authorization,
      String form) {

    /** A request without a body. */
    Request(
        HttpMethod method,
        HttpUrl url,
        Optional<Authorities> ca,
        String accept,
        String range,
        String authorization) {
      this(method, url, ca, accept, range, authorization, "");
    }

    @Override
    public String toString() {
      return method + " " + url;
    }
  }

  private record Hop(Connection connection, Exchange exchange, Exchange.Head head) {}

  private final ConnectionPool pool;
  private final Dialer dialer;
  private final AddressGuard guard;
  private final String userAgent;
  private final AddressGuard.Permission atHome;

  /** How this mirror is known to whom it asks; empty where it need not be. */
  private final String pseudonym;

  Requester(ConnectionPool pool, Dialer dialer, AddressGuard guard, String userAgent) {
    this(pool, dialer, guard, userAgent, AddressGuard.Permission.ANY, "");
  }

  private Requester(
      ConnectionPool pool,
      Dialer dialer,
      AddressGuard guard,
      String userAgent,
      AddressGuard.Permission atHome,
      String pseudonym) {
    this.pseudonym = pseudonym;
    this.pool = pool;
    this.atHome = atHome;
    this.dialer = dialer;
    this.guard = guard;
    this.userAgent = userAgent;
  }

  /** The same for an origin that may not be anywhere. */
  Requester within(Origin origin) {
    return switch (origin.reach()) {
      case Reach.Anywhere _ -> this;
      case Reach.BeyondTheMirror(int _, String name) ->
          new Requester(pool, dialer, guard, userAgent, origin::permits, name);
    };
  }

  private AddressGuard.Permission ofNamed(Site site, @Nullable InetAddress home) {
    // Where anybody on the node can listen, it was allowed for itself, and leads nowhere else.
    boolean limited = !atHome.equals(AddressGuard.Permission.ANY);
    boolean local = home != null && home.isLoopbackAddress();
    return guard.forNamed(site, limited && local ? null : home);
  }

  /** Asks a registry and follows where it leads. */
  Response ask(Request request, Deadline deadline) throws UpstreamException {
    Hop hop = send(request, atHome, deadline);
    return follow(request, hop, atHome, hop.connection().address(), deadline);
  }

  /** Asks a site that a registry's answer named. */
  Response askNamed(Request request, Site registry, Response namedBy, Deadline deadline)
      throws UpstreamException {
    return askNamed(request, registry, namedBy.registry(), deadline);
  }

  /**
   * The same.
   *
   * @param home where the registry is reached; null where a proxy knows
   */
  Response askNamed(Request request, Site registry, @Nullable InetAddress home, Deadline deadline)
      throws UpstreamException {
    AddressGuard.Permission permission =
        request.url().site().equals(registry) ? atHome : ofNamed(request.url().site(), home);
    Hop hop = send(request, permission, deadline);
    return follow(request, hop, permission, home, deadline);
  }

  /** An address of a site; null where a proxy knows. */
  @Nullable InetAddress addressOf(Site site, Deadline deadline) throws UpstreamException {
    return dialer.addressOf(site, deadline);
  }

  private Response follow(
      Request request,
      Hop first,
      AddressGuard.Permission ofHome,
      @Nullable InetAddress registry,
      Deadline deadline)
      throws UpstreamException {
    Site home = request.url().site();
    Request current = request;
    Hop hop = first;
    boolean foreign = false;
    boolean follows = request.form().isEmpty();
    for (int redirects = 0; follows && REDIRECTS.contains(hop.head().status()); redirects++) {
      Response redirect =
          new Response(hop.exchange(), hop.head(), current.url(), foreign, registry, deadline);
      redirect.discard();
      if (redirects == MAX_REDIRECTS) {
        throw new UpstreamException(Reason.PROTOCOL, "too many redirects");
      }
      HttpUrl next = target(redirect);
      foreign |= !next.site().equals(home);
      current =
          new Request(
              current.method(),
              next,
              current.ca(),
              current.accept(),
              current.range(),
              foreign ? "" : current.authorization());
      AddressGuard.Permission permission =
          next.site().equals(home) ? ofHome : ofNamed(next.site(), registry);
      hop = send(current, permission, deadline);
    }
    return new Response(hop.exchange(), hop.head(), current.url(), foreign, registry, deadline);
  }

  private static HttpUrl target(Response redirect) throws UpstreamException {
    String location =
        redirect
            .header(HttpHeaderNames.LOCATION)
            .orElseThrow(
                () -> new UpstreamException(Reason.PROTOCOL, "a redirect without Location"));
    HttpUrl target =
        redirect
            .url()
            .resolve(location)
            .orElseThrow(
                () -> new UpstreamException(Reason.PROTOCOL, "a redirect to no http(s) URL"));
    if (redirect.url().site().tls() && !target.site().tls()) {
      throw new UpstreamException(
          Reason.FORBIDDEN_TARGET, "a redirect from https to " + target.site());
    }
    return target;
  }

  /** One exchange. A kept connection that the server had closed meanwhile costs one fresh one. */
  private Hop send(Request request, AddressGuard.Permission permission, Deadline deadline)
      throws UpstreamException {
    FullHttpRequest encoded = encoded(request);
    Route route = new Route(request.url().site(), request.ca());
    dialer.checkBehindProxy(route.site(), permission, deadline);
    ConnectionPool.Opener opener = owner -> dialer.open(route, permission, owner, deadline);
    Connection connection = pool.acquire(route, permission, opener, deadline);
    try {
      return exchange(connection, request, encoded, deadline);
    } catch (UpstreamException e) {
      if (!isWorthAFreshConnection(connection, e)) {
        throw e;
      }
      LOG.atDebug().addKeyValue("request", request).log("kept connection was gone");
      return exchange(
          pool.acquireFresh(route, opener, deadline), request, encoded(request), deadline);
    }
  }

  /**
   * A kept connection may have been closed, or hold what the server sent beyond its last answer.
   */
  private static boolean isWorthAFreshConnection(Connection connection, UpstreamException failure) {
    boolean suspect = failure.reason() == Reason.BROKEN || failure.reason() == Reason.PROTOCOL;
    return connection.reused && suspect && !Thread.currentThread().isInterrupted();
  }

  private static Hop exchange(
      Connection connection, Request request, FullHttpRequest encoded, Deadline deadline)
      throws UpstreamException {
    Exchange exchange = connection.send(encoded);
    Exchange.Head head = exchange.awaitHead(deadline);
    LOG.atDebug()
        .addKeyValue("request", request)
        .addKeyValue("status", head.status())
        .log("upstream answered");
    return new Hop(connection, exchange, head);
  }

  private FullHttpRequest encoded(Request request) throws UpstreamException {
    try {
      return unchecked(request);
    } catch (IllegalArgumentException e) {
      throw new UpstreamException(Reason.PROTOCOL, "a request that HTTP cannot carry", e);
    }
  }

  private FullHttpRequest unchecked(Request request) {
    Site site = request.url().site();
    Optional<ProxyRules.Proxy> proxy = site.tls() ? Optional.empty() : dialer.proxyFor(site);
    String target =
        proxy.isPresent() ? site + request.url().pathAndQuery() : request.url().pathAndQuery();
    FullHttpRequest encoded =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            request.method(),
            target,
            Unpooled.copiedBuffer(request.form(), StandardCharsets.US_ASCII));
    HttpHeaders headers = encoded.headers();
    if (!request.form().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_X_WWW_FORM_URLENCODED);
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, request.form().length());
    }
    headers.set(HttpHeaderNames.HOST, site.authority());
    headers.set(HttpHeaderNames.USER_AGENT, userAgent);
    headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
    set(headers, HttpHeaderNames.VIA, pseudonym.isEmpty() ? "" : "1.1 " + pseudonym);
    set(headers, HttpHeaderNames.ACCEPT, request.accept());
    set(headers, HttpHeaderNames.RANGE, request.range());
    set(headers, HttpHeaderNames.AUTHORIZATION, request.authorization());
    proxy
        .flatMap(ProxyRules.Proxy::authorization)
        .ifPresent(value -> headers.set(HttpHeaderNames.PROXY_AUTHORIZATION, value));
    return encoded;
  }

  private static void set(HttpHeaders headers, CharSequence name, String value) {
    if (!value.isEmpty()) {
      headers.set(name, value);
    }
  }
}
