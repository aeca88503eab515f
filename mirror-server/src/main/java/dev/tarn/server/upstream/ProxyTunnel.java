package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;

/**
 * Asks a proxy for a tunnel to a site, then leaves the channel to what comes through it. Runs on
 * the channel's event loop.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6">RFC 9110, CONNECT</a>
 */
final class ProxyTunnel extends ChannelInboundHandlerAdapter {
  private final ProxyRules.Proxy proxy;
  private final Site site;
  private final Promise<Void> open;
  private final HttpClientCodec codec = new HttpClientCodec();
  private int status;

  /**
   * @param open completed when the tunnel is there, or failed
   */
  ProxyTunnel(ProxyRules.Proxy proxy, Site site, Promise<Void> open) {
    this.proxy = proxy;
    this.site = site;
    this.open = open;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.pipeline().addBefore(ctx.name(), null, codec);
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.CONNECT, site.hostAndPort(), Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, site.hostAndPort());
    proxy
        .authorization()
        .ifPresent(value -> request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, value));
    ctx.writeAndFlush(request)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                open.tryFailure(written.cause());
              }
            });
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpResponse response) {
      status = response.decoderResult().isFailure() ? -1 : response.status().code();
    }
    boolean last = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (last && status >= 200 && status < 300) {
      ctx.channel().config().setAutoRead(false);
      ctx.pipeline().remove(codec);
      ctx.pipeline().remove(this);
      open.trySuccess(null);
    } else if (status < 0 || status >= 300) {
      open.tryFailure(
          new UpstreamException(Reason.CONNECT, "the proxy " + proxy + " answered " + status));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    open.tryFailure(
        new UpstreamException(Reason.CONNECT, "the proxy " + proxy + " closed the connection"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    open.tryFailure(cause);
  }
}
