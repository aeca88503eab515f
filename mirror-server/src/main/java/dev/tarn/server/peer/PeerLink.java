package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.server.net.ReadPace;
import dev.tarn.server.peer.tls.TlsTrouble;
import dev.tarn.server.peer.wire.PeerProtocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one peer, carrying one exchange at a time. Its state belongs to its event loop;
 * calls from other threads hop there.
 */
final class PeerLink extends ChannelInboundHandlerAdapter {
  private final Member peer;
  private final Channel channel;
  private final PeerPool pool;
  private final ReadPace pace;
  private @Nullable PeerExchange current;
  private boolean headSeen;
  private boolean keepAlive;

  /** The pool's, under its lock. */
  @Nullable ScheduledFuture<?> expiry;

  /** The pool's, under its lock. */
  boolean reused;

  PeerLink(Member peer, Channel channel, PeerPool pool) {
    this.peer = peer;
    this.channel = channel;
    this.pool = pool;
    this.pace = new ReadPace(channel);
  }

  Member peer() {
    return peer;
  }

  Channel channel() {
    return channel;
  }

  /** Sends the exchange's request; any thread. */
  void send(PeerExchange exchange) {
    try {
      channel.eventLoop().execute(() -> begin(exchange));
    } catch (RejectedExecutionException e) {
      exchange.failed(new PeerTrouble(PeerFailure.EXHAUSTED, "closing"));
    }
  }

  private void begin(PeerExchange exchange) {
    if (exchange.isCancelled()) {
      pool.release(this, true);
      return;
    }
    current = exchange;
    headSeen = false;
    pace.begin();
    if (!channel.isActive()) {
      fail(broken("it was closed before the request"));
      return;
    }
    channel
        .writeAndFlush(exchange.begin(this))
        .addListener(
            written -> {
              if (!written.isSuccess() && exchange.equals(current)) {
                fail(broken("the request could not be sent"));
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object read) {
    try {
      switch (read) {
        case HttpResponse response when response.decoderResult().isFailure() ->
            fail(garbage("not an HTTP answer within the bounds"));
        case HttpResponse response -> onHead(response);
        case HttpContent content when content.decoderResult().isFailure() ->
            fail(garbage("not an HTTP body within the bounds"));
        case HttpContent content -> onContent(content);
        default -> fail(garbage("not HTTP"));
      }
    } finally {
      ReferenceCountUtil.release(read);
    }
  }

  private void onHead(HttpResponse response) {
    PeerExchange exchange = current;
    if (exchange == null
        || headSeen
        || response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      fail(garbage("an answer to no request"));
      return;
    }
    if (!response.headers().contains(PeerProtocol.VERSION_HEADER)) {
      fail(garbage("whoever answers " + response.status().code() + " there is not Tarn"));
      return;
    }
    headSeen = true;
    keepAlive =
        HttpUtil.isKeepAlive(response) && response.protocolVersion().equals(HttpVersion.HTTP_1_1);
    if (!exchange.head(response.status().code(), response.headers())) {
      current = null;
      close();
    }
  }

  private void onContent(HttpContent content) {
    PeerExchange exchange = current;
    if (exchange == null) {
      return;
    }
    pace.read(content.content().readableBytes());
    if (content.content().isReadable() && !exchange.body(content.content())) {
      current = null;
      close();
      return;
    }
    if (content instanceof LastHttpContent last) {
      current = null;
      exchange.pause();
      pace.begin();
      pool.release(this, keepAlive); // Before anybody hears of the end, and asks again.
      exchange.end(last.trailingHeaders());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (current != null) {
      current.pause();
      pace.readComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(broken(headSeen ? "closed in mid-answer" : "closed without an answer"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable origin =
        cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    fail(
        switch (origin) {
          // The other side looks at this node's certificate after this side is content.
          case SSLException refused ->
              new PeerTrouble(PeerFailure.TLS, TlsTrouble.of(refused).label());
          case IOException _ -> broken("it broke");
          default -> garbage("not this protocol");
        });
  }

  private void fail(PeerTrouble trouble) {
    PeerExchange exchange = current;
    current = null;
    close();
    if (exchange == null) {
      return;
    }
    if (reused && !headSeen && trouble.failure() == PeerFailure.BROKEN) {
      pool.again(peer, exchange); // The peer closed it just when it was to be used again.
    } else {
      exchange.failed(trouble);
    }
  }

  /**
   * Nobody waits for the exchange any more: the connection is of no more use. Any thread; {@code
   * then} runs on the event loop, after the last call to the exchange.
   */
  void abandon(PeerExchange exchange, Runnable then) {
    onLoop(
        () -> {
          if (exchange.equals(current)) {
            current = null;
            close();
          }
          then.run();
        });
  }

  /** Reads on, or not, while the exchange is under way. Any thread. */
  void reading(PeerExchange exchange, boolean on) {
    onLoop(
        () -> {
          if (exchange.equals(current)) {
            pace.wanted(on);
          }
        });
  }

  /** Runs a task on the event loop, at once where this is it. Any thread. */
  void onLoop(Runnable task) {
    try {
      if (channel.eventLoop().inEventLoop()) {
        task.run();
      } else {
        channel.eventLoop().execute(task);
      }
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them.
    }
  }

  /** Closes the connection; any thread. The pool hears of it from the channel itself. */
  void close() {
    var _ = channel.close();
  }

  private static PeerTrouble broken(String what) {
    return new PeerTrouble(PeerFailure.BROKEN, what);
  }

  private static PeerTrouble garbage(String what) {
    return new PeerTrouble(PeerFailure.PROTOCOL, what);
  }
}
