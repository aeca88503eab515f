package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.server.net.TlsLibrary;
import dev.tarn.server.peer.tls.PeerCertificate;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.tls.TlsTrouble;
import dev.tarn.server.peer.wire.PeerProtocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Opens connections to peers without blocking whoever asks: connects, shakes hands, sees who it is.
 * Any thread; results come on event loops, or on a worker where a name could not be looked up.
 */
final class PeerDialer {
  private static final int MIN_READ_BYTES = 16 * 1024;
  private static final int FIRST_READ_BYTES = 64 * 1024;
  private static final int MAX_READ_BYTES = 256 * 1024;

  /** Is told what became of a call. */
  interface Result {
    void connected(Channel channel);

    void failed(PeerTrouble trouble);
  }

  private final PeerSettings settings;
  private final Optional<PeerTls> tls;
  private final PeerSurroundings surroundings;
  private final PeerListener listener;

  PeerDialer(
      PeerSettings settings,
      Optional<PeerTls> tls,
      PeerSurroundings surroundings,
      PeerListener listener) {
    this.settings = settings;
    this.tls = tls;
    this.surroundings = surroundings;
    this.listener = listener;
  }

  void dial(Member peer, Result result) {
    Optional<PeerAddress> address = PeerAddress.parse(peer.address());
    if (address.isEmpty()) {
      result.failed(new PeerTrouble(PeerFailure.CONNECT, "no address: " + peer.address()));
      return;
    }
    Optional<InetAddress> literal = address.get().literal();
    try {
      if (literal.isPresent()) {
        connect(peer, new InetSocketAddress(literal.get(), address.get().port()), result);
      } else {
        surroundings.workers().execute(() -> resolve(peer, address.get(), result));
      }
    } catch (RejectedExecutionException e) {
      result.failed(new PeerTrouble(PeerFailure.EXHAUSTED, "closing"));
    }
  }

  private void resolve(Member peer, PeerAddress address, Result result) {
    InetSocketAddress resolved;
    try {
      resolved = new InetSocketAddress(InetAddress.getAllByName(address.host())[0], address.port());
    } catch (UnknownHostException e) {
      result.failed(new PeerTrouble(PeerFailure.CONNECT, "unknown host " + address.host()));
      return;
    }
    connect(peer, resolved, result);
  }

  private void connect(Member peer, InetSocketAddress address, Result result) {
    if (tls.isPresent() && tls.get().validUntil().isEmpty()) {
      result.failed(new PeerTrouble(PeerFailure.TLS, "this node has no valid certificate"));
      return;
    }
    new Bootstrap()
        .group(surroundings.transport().group())
        .channel(surroundings.transport().socketChannel())
        .disableResolver()
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.toIntExact(settings.connectTimeout().toMillis()))
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                tls.flatMap(own -> own.connecting(channel.alloc(), peer.name().hashCode()))
                    .ifPresent(
                        handler -> channel.pipeline().addLast(handler, new FailedHandshake()));
              }
            })
        .connect(address)
        .addListener(
            (ChannelFuture done) -> {
              if (!done.isSuccess()) {
                result.failed(new PeerTrouble(PeerFailure.CONNECT, "no connection to " + address));
              } else {
                connected(peer, done.channel(), result);
              }
            });
  }

  private void connected(Member peer, Channel channel, Result result) {
    listener.connected(true);
    channel.closeFuture().addListener(_ -> listener.disconnected(true));
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      furnish(channel, result);
      return;
    }
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                listener.handshaken(PeerTls.isResumed(handler.engine().getSession()));
                identify(peer, channel, handler, result);
              } else {
                TlsTrouble trouble = TlsTrouble.of(done.cause());
                distrust(peer, channel, trouble, TlsLibrary.reason(done.cause()), result);
              }
            });
  }

  private void identify(Member peer, Channel channel, SslHandler handler, Result result) {
    Optional<PeerCertificate> certificate = PeerCertificate.of(handler.engine().getSession());
    String node = certificate.map(PeerCertificate::node).orElse("");
    if (!node.equals(peer.name())) {
      distrust(peer, channel, TlsTrouble.OTHER_NODE, "its certificate is " + node + "'s", result);
    } else if (certificate.isPresent()
        && !certificate.get().validUntil().isAfter(surroundings.clock().instant())) {
      // Only a resumed session, whose handshake did not look, comes here.
      distrust(peer, channel, TlsTrouble.EXPIRED, "its certificate expired", result);
    } else {
      furnish(channel, result);
    }
  }

  private void distrust(
      Member peer, Channel channel, TlsTrouble trouble, String detail, Result result) {
    channel.close();
    listener.handshakeFailed(true, peer.name(), trouble, detail);
    PeerFailure failure =
        trouble == TlsTrouble.OTHER_NODE ? PeerFailure.OTHER_NODE : PeerFailure.TLS;
    result.failed(new PeerTrouble(failure, trouble.label() + ": " + detail));
  }

  /** Takes what a handshake threw: its future tells it. Gone once there is a link. */
  private static final class FailedHandshake extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static void furnish(Channel channel, Result result) {
    if (channel.pipeline().get(FailedHandshake.class) != null) {
      channel.pipeline().remove(FailedHandshake.class);
    }
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(PeerProtocol.MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(PeerProtocol.MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_READ_BYTES);
    channel.pipeline().addLast(new HttpClientCodec(limits, false, false));
    result.connected(channel);
  }

  /** For code that has nothing to do but to hand a trouble on. */
  static Result to(Consumer<Channel> connected, Consumer<PeerTrouble> failed) {
    return new Result() {
      @Override
      public void connected(Channel channel) {
        connected.accept(channel);
      }

      @Override
      public void failed(PeerTrouble trouble) {
        failed.accept(trouble);
      }
    };
  }
}
