package dev.tarn.server.registry;

import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.OciError;
import dev.tarn.server.mirror.TokenTicket;
import dev.tarn.server.registry.RequestParser.Parsed;
import dev.tarn.server.upstream.TokenRequest;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests for tokens, which clients of this machine send here where the node named itself as their
 * realm. Passwords come in the clear, so from no other machine. Stateless.
 */
final class TokenRequests {
  private final Mirror mirror;
  private final boolean enabled;

  /**
   * @param enabled whether this node names itself as a realm at all
   */
  TokenRequests(Mirror mirror, boolean enabled) {
    this.mirror = mirror;
    this.enabled = enabled;
  }

  /** Whether it is one, by its path. */
  boolean isOne(HttpRequest http) {
    return enabled && http.uri().startsWith(TokenTicket.PATH);
  }

  /** Whether it is one whose body is to be read. */
  boolean isForm(HttpRequest http) {
    return http.method().equals(HttpMethod.POST) && isOne(http);
  }

  /** What is asked. */
  Parsed parse(HttpRequest http, Channel channel) {
    if (base(channel) == null) {
      return refuse(403, "tokens are got through this node on the node itself");
    }
    int question = http.uri().indexOf('?');
    String path = question < 0 ? http.uri() : http.uri().substring(0, question);
    String query = question < 0 ? "" : http.uri().substring(question + 1);
    Optional<TokenTicket> ticket = mirror.ticket(path.substring(TokenTicket.PATH.length()));
    if (ticket.isEmpty()) {
      return refuse(404, "no such token realm");
    }
    String authorization = http.headers().get(HttpHeaderNames.AUTHORIZATION);
    Optional<TokenRequest> request =
        http instanceof FullHttpRequest full
            ? form(full, query, authorization)
            : http.method().equals(HttpMethod.GET)
                ? TokenRequest.get(query, authorization)
                : Optional.empty();
    return request
        .<Parsed>map(
            asked -> new Parsed.Ask(new MirrorRequest.OfToken(ticket.get(), asked), null, false))
        .orElseGet(() -> refuse(400, "not a request for a token"));
  }

  private static Optional<TokenRequest> form(
      FullHttpRequest http, String query, @Nullable String authorization) {
    String type = http.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    int parameters = type.indexOf(';');
    String essence = (parameters < 0 ? type : type.substring(0, parameters)).strip();
    return HttpHeaderValues.APPLICATION_X_WWW_FORM_URLENCODED.contentEqualsIgnoreCase(essence)
            && query.isEmpty()
            && authorization == null
        ? TokenRequest.post(http.content().toString(StandardCharsets.ISO_8859_1))
        : Optional.empty();
  }

  private static Parsed.Refused refuse(int status, String message) {
    return new Parsed.Refused(status, new OciError(OciError.Code.UNSUPPORTED, message));
  }

  /**
   * Where the client reaches this node, if both are on one machine and the node names itself as a
   * realm; else null.
   */
  @Nullable String base(Channel channel) {
    return enabled
            && channel.localAddress() instanceof InetSocketAddress local
            && channel.remoteAddress() instanceof InetSocketAddress remote
            && remote.getAddress().isLoopbackAddress()
            && local.getAddress().isLoopbackAddress()
        ? "http://" + text(local.getAddress()) + ":" + local.getPort()
        : null;
  }

  /** An address as a URL has it. */
  static String text(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String bare = zone < 0 ? text : text.substring(0, zone);
    return bare.indexOf(':') < 0 ? bare : "[" + bare + "]";
  }
}
