package dev.tarn.server.upstream;

import dev.tarn.server.net.ReadPace;
import dev.tarn.server.net.SmallPieces;
import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one server, carrying one exchange at a time. It is the last handler of its
 * channel: all its state belongs to the channel's event loop, and calls from other threads hop
 * there.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Exchange.Control {
  private final Route route;
  private final Channel channel;
  private final @Nullable InetAddress address;
  private final ConnectionPool pool;
  private final ReadPace pace;

  private final SmallPieces pieces = new SmallPieces();
  private @Nullable Exchange current;
  private boolean headSeen;
  private boolean informational;
  private boolean keepAlive;

  /** The pool's, under its lock. */
  @Nullable ScheduledFuture<?> expiry;

  /** The pool's, under its lock. */
  boolean reused;

  /**
   * @param address what was dialled; null where a proxy stands between
   */
  Connection(Route route, Channel channel, @Nullable InetAddress address, ConnectionPool pool) {
    this.route = route;
    this.channel = channel;
    this.address = address;
    this.pool = pool;
    this.pace = new ReadPace(channel);
  }

  Route route() {
    return route;
  }

  Channel channel() {
    return channel;
  }

  @Nullable InetAddress address() {
    return address;
  }

  /** Sends a request and returns at once; any thread. Takes ownership of {@code request}. */
  Exchange send(FullHttpRequest request) {
    Exchange exchange = new Exchange(this);
    channel.eventLoop().execute(() -> begin(exchange, request));
    return exchange;
  }

  private void begin(Exchange exchange, FullHttpRequest request) {
    if (!channel.isActive() || current != null) {
      request.release();
      exchange.onFailure(broken("connection closed before the request"));
      return;
    }
    current = exchange;
    headSeen = false;
    informational = false;
    pace.begin();
    channel
        .writeAndFlush(request)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                fail(classified(written.cause()));
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case HttpResponse response when response.decoderResult().isFailure() ->
          fail(classified(response.decoderResult().cause()));
      case HttpResponse response -> onResponse(response);
      case HttpContent content when content.decoderResult().isFailure() -> {
        content.release();
        fail(classified(content.decoderResult().cause()));
      }
      case HttpContent content -> onContent(content);
      default -> {
        ReferenceCountUtil.release(message);
        fail(new UpstreamException(Reason.PROTOCOL, "no HTTP response"));
      }
    }
  }

  private void onResponse(HttpResponse response) {
    Exchange exchange = current;
    int status = response.status().code();
    if (exchange == null || headSeen || status == 101) {
      fail(new UpstreamException(Reason.PROTOCOL, "an answer to no request"));
      return;
    }
    informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    if (informational) {
      return;
    }
    if (response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING).size() > 0
        && !HttpUtil.isTransferEncodingChunked(response)) {
      fail(new UpstreamException(Reason.PROTOCOL, "unknown transfer encoding"));
      return;
    }
    headSeen = true;
    keepAlive =
        HttpUtil.isKeepAlive(response) && response.protocolVersion().equals(HttpVersion.HTTP_1_1);
    exchange.onHead(new Exchange.Head(status, response.headers()));
  }

  private void onContent(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    Exchange exchange = current;
    if (exchange == null || (informational && last)) {
      informational = false;
      content.release();
      return;
    }
    ByteBuf bytes = content.content();
    if (bytes.isReadable()) {
      pace.read(bytes.readableBytes());
      pieces.add(bytes, piece -> pass(exchange, piece));
    } else {
      content.release();
    }
    if (last) {
      current = null;
      flush(exchange);
      pace.begin();
      pool.release(this, keepAlive);
      exchange.onEnd();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange exchange = current;
    if (exchange != null) {
      flush(exchange);
      exchange.onReadComplete();
      pace.readComplete();
    }
  }

  private void flush(Exchange exchange) {
    pieces.flush(piece -> pass(exchange, piece));
  }

  private void pass(Exchange exchange, ByteBuf piece) {
    if (exchange.onBody(piece)) {
      pace.wanted(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(broken(headSeen ? "the body ended before its length" : "connection closed, no answer"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(classified(cause));
  }

  private void fail(UpstreamException cause) {
    Exchange exchange = current;
    current = null;
    closeChannel();
    if (exchange != null) {
      flush(exchange);
      exchange.onFailure(cause);
    }
  }

  @Override
  public void resumeReading(Exchange exchange) {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (current == exchange) {
                pace.wanted(true);
              }
            });
  }

  @Override
  public void abandon(Exchange exchange) {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (current == exchange) {
                current = null;
                pieces.drop();
                closeChannel();
              }
            });
  }

  /** Closes the channel; any thread. The pool hears of it from the channel itself. */
  void closeChannel() {
    var _ = channel.close();
  }

  private static UpstreamException broken(String what) {
    return new UpstreamException(Reason.BROKEN, what);
  }

  /** The exception for what went wrong on a channel, with a message that carries no data. */
  static UpstreamException classified(Throwable thrown) {
    Throwable cause =
        thrown instanceof DecoderException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return switch (cause) {
      case UpstreamException e -> e;
      case SSLException e ->
          new UpstreamException(Reason.TLS, "TLS failed: " + TlsLibrary.reason(e), e);
      case TooLongFrameException e ->
          new UpstreamException(Reason.PROTOCOL, "an answer beyond the limits", e);
      case java.io.IOException e -> new UpstreamException(Reason.BROKEN, "connection broke", e);
      case io.netty.handler.codec.PrematureChannelClosureException e ->
          new UpstreamException(Reason.BROKEN, "connection closed in mid-answer", e);
      default -> new UpstreamException(Reason.PROTOCOL, "an answer that is no HTTP", cause);
    };
  }
}
