package dev.tarn.server.membership.kubernetes.http;

import dev.tarn.server.net.TlsLibrary;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request and reads its answer, no faster than pieces are asked for. Runs on the event
 * loop of its one connection, which it closes at the end of the answer.
 *
 * <p>Reading is by hand: the head at once, then once for each piece that is asked for. What a read
 * brings beyond that stays in {@link #arrived}, at most what the kernel held.
 */
final class AnswerHandler extends SimpleChannelInboundHandler<HttpObject> {
  private final ApiExchange exchange;
  private final Duration patience;
  private final List<ByteBuffer> arrived = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> overdue;
  private @Nullable Throwable cut;
  private int asked;
  private State state = State.HEAD;

  /** What is to come next, after what has arrived. */
  private enum State {
    HEAD,
    /** The empty rest of an answer such as 103, after which the head is still to come. */
    INTERIM,
    BODY,
    /** Nothing: the body is whole, or was cut. */
    ENDED,
    /** Nothing, and the exchange knows it. */
    TOLD
  }

  AnswerHandler(ApiExchange exchange, Duration patience) {
    this.exchange = exchange;
    this.patience = patience;
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    if (!exchange.opened(active.channel())) {
      active.close();
      return;
    }
    context = active;
    active
        .writeAndFlush(request(exchange.request()))
        .addListener(
            (ChannelFuture written) -> {
              if (!written.isSuccess()) {
                exceptionCaught(active, written.cause());
              }
            });
    beImpatient(active.channel());
    active.read();
  }

  private static FullHttpRequest request(StandardHttpRequest request) {
    URI uri = request.uri();
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    FullHttpRequest written =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(request.method()),
            target,
            Unpooled.EMPTY_BUFFER);
    request.headers().forEach((name, values) -> written.headers().add(name, values));
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    written
        .headers()
        .set(HttpHeaderNames.HOST, uri.getHost() + port)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return written;
  }

  /** One piece more is wanted. */
  void ask() {
    asked++;
    handOver();
  }

  /** Nothing more is wanted: drops what has arrived, and hangs up. */
  void stop() {
    relax();
    arrived.clear();
    state = State.TOLD;
    if (context != null) {
      context.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext reading, HttpObject object) {
    if (object.decoderResult().isFailure()) {
      Throwable cause = object.decoderResult().cause();
      fail(new IOException("not an answer in HTTP: " + cause.getMessage(), cause));
      return;
    }
    switch (state) {
      case HEAD -> {
        if (object instanceof HttpResponse head) {
          head(head);
        }
      }
      case INTERIM -> {
        if (object instanceof LastHttpContent) {
          state = State.HEAD;
          reading.read();
        }
      }
      case BODY -> {
        if (object instanceof HttpContent content) {
          body(reading, content);
        }
      }
      case ENDED, TOLD -> {}
    }
  }

  private void head(HttpResponse head) {
    if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      state = State.INTERIM;
      return;
    }
    relax();
    state = State.BODY;
    exchange.head(
        new ApiResponse(head.status().code(), head.headers(), exchange, exchange.request()));
  }

  private void body(ChannelHandlerContext reading, HttpContent content) {
    if (content.content().isReadable()) {
      arrived.add(ByteBuffer.wrap(ByteBufUtil.getBytes(content.content())));
    }
    if (content instanceof LastHttpContent) {
      state = State.ENDED;
      reading.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext reading) {
    handOver();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    relax();
    switch (state) {
      case HEAD, INTERIM -> fail(new IOException("the connection ended before an answer"));
      case BODY -> {
        cut = new IOException("the connection ended within the answer");
        state = State.ENDED;
        handOver();
      }
      case ENDED, TOLD -> {}
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext notified, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      Throwable cause = handshake.cause();
      String reason =
          cause instanceof ClosedChannelException
              ? "the connection ended"
              : TlsLibrary.reason(cause);
      fail(
          new IOException(
              "no TLS with " + exchange.request().uri().getAuthority() + ": " + reason, cause));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
    if (state == State.BODY) {
      cut = new IOException("the connection broke within the answer: " + cause.getMessage(), cause);
      state = State.ENDED;
      failing.close();
      handOver();
    } else {
      fail(new IOException("the connection broke: " + cause.getMessage(), cause));
    }
  }

  /** Hands over what was asked for and is there; reads more where it is not. */
  private void handOver() {
    if (asked > 0 && !arrived.isEmpty()) {
      asked--;
      exchange.piece(List.copyOf(arrived));
      arrived.clear();
      relax();
    }
    if (state == State.ENDED && arrived.isEmpty()) {
      state = State.TOLD;
      relax();
      exchange.end(cut);
    } else if (state == State.BODY && asked > 0 && context != null) {
      if (!exchange.request().isForStreaming()) {
        beImpatient(context.channel());
      }
      context.read();
    }
  }

  /** Gives the server a time to send something. */
  private void beImpatient(Channel channel) {
    relax();
    overdue =
        channel
            .eventLoop()
            .schedule(
                () ->
                    fail(
                        new IOException(
                            (state == State.BODY ? "no more of the answer" : "no answer")
                                + " within "
                                + patience.toMillis()
                                + " ms")),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void relax() {
    if (overdue != null) {
      overdue.cancel(false);
      overdue = null;
    }
  }

  private void fail(IOException cause) {
    if (state != State.TOLD) {
      stop();
      exchange.fail(cause);
    }
  }
}
