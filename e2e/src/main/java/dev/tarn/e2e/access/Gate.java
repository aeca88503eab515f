package dev.tarn.e2e.access;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tarn.e2e.http.Head;
import dev.tarn.e2e.http.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands before a registry and says no where the registry itself would not: to a user who may not
 * read in a repository, which htpasswd knows nothing of; to a token that was revoked or is over to
 * the second; and to everybody for as long as a case wants it. All else is the registry's to
 * answer. Commands come from any thread.
 */
final class Gate implements Route, AutoCloseable {
  private static final Pattern REPOSITORY =
      Pattern.compile("^/v2/(.+)/(?:blobs|manifests|tags|referrers)/");
  private static final Pattern FROM = Pattern.compile("[?&]from=([^&]+)");
  private static final String REFUSAL = "Gate-Refusal";

  private final InetSocketAddress registry;
  private final Function<Head, Optional<Refusal>> rule;
  private final HttpServer answers;
  private volatile Optional<Refusal> toAll = Optional.empty();

  private Gate(InetSocketAddress registry, Function<Head, Optional<Refusal>> rule)
      throws IOException {
    this.registry = registry;
    this.rule = rule;
    this.answers = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answers.setExecutor(
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("gate-", 0).factory()));
    answers.createContext("/", Gate::answer);
    answers.start();
  }

  /**
   * What is answered instead.
   *
   * @param header a header field of the answer, {@code name: value}, or empty
   */
  record Refusal(int status, String header) {
    private static Refusal parse(String text) {
      int space = text.indexOf(' ');
      return space < 0
          ? new Refusal(Integer.parseInt(text), "")
          : new Refusal(Integer.parseInt(text.substring(0, space)), text.substring(space + 1));
    }

    @Override
    public String toString() {
      return header.isEmpty() ? Integer.toString(status) : status + " " + header;
    }
  }

  /** Lets those in who show a name and a password and have the right. */
  static Gate ofUsers(InetSocketAddress registry, Rights rights) throws IOException {
    return new Gate(
        registry,
        request ->
            User.of(request.first("Authorization"))
                .filter(
                    user ->
                        !rights.allow(user, repository(request))
                            || mounted(request)
                                .filter(from -> !rights.allow(user, from))
                                .isPresent())
                .map(user -> new Refusal(403, "")));
  }

  /** Lets tokens in that still count. */
  static Gate ofTokens(InetSocketAddress registry, Realm realm, String service) throws IOException {
    return new Gate(
        registry,
        request ->
            request
                .first("Authorization")
                .map(shown -> shown.replaceFirst("^Bearer ", ""))
                .filter(realm::isOver)
                .map(
                    token ->
                        new Refusal(
                            401,
                            "WWW-Authenticate: Bearer realm=\""
                                + realm.uri()
                                + "\",service=\""
                                + service
                                + "\",scope=\"repository:"
                                + repository(request)
                                + ":pull\",error=\"invalid_token\"")));
  }

  private static String repository(Head request) {
    Matcher matcher = REPOSITORY.matcher(request.target());
    return matcher.find() ? matcher.group(1) : "";
  }

  /** The repository that an upload wants to mount a blob from. */
  private static Optional<String> mounted(Head request) {
    Matcher matcher = FROM.matcher(request.target());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** From now on everybody is answered this. */
  void refuseAll(int status, String header) {
    toAll = Optional.of(new Refusal(status, header));
  }

  /** From now on only those are refused who have no right. */
  void recover() {
    toAll = Optional.empty();
  }

  @Override
  public Hop next(Head request) {
    Optional<Refusal> refusal = toAll.or(() -> rule.apply(request));
    return refusal.isPresent()
        ? new Hop(answers.getAddress(), request.with(REFUSAL, refusal.map(Refusal::toString)))
        : new Hop(registry, request);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Refusal refusal = Refusal.parse(exchange.getRequestHeaders().getFirst(REFUSAL));
      int colon = refusal.header().indexOf(": ");
      if (colon > 0) {
        exchange
            .getResponseHeaders()
            .set(refusal.header().substring(0, colon), refusal.header().substring(colon + 2));
      }
      exchange.sendResponseHeaders(refusal.status(), -1);
    }
  }

  @Override
  public void close() {
    answers.stop(0);
  }
}
