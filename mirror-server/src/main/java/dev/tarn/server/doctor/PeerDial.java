package dev.tarn.server.doctor;

import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.tls.PeerCertificate;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.tls.TlsTrouble;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Shakes hands with other nodes as this node does, and hangs up: a connection that ended without a
 * handshake would count there as one that failed. Its methods block.
 */
final class PeerDial implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final long WHOLE_TIMEOUT_MILLIS = 8_000;

  /** By TLS 1.3 this side is done first: a refusal of its certificate comes after that. */
  private static final long REFUSAL_COMES_WITHIN_MILLIS = 300;

  private final PeerTls tls;
  private final Transport transport = Transport.start(1);

  PeerDial(PeerTls tls) {
    this.tls = tls;
  }

  /**
   * Why this node and another cannot talk; empty where they can.
   *
   * @param node the other's name, which its certificate is to have
   */
  Optional<String> refusal(String node, String host, int port) {
    CompletableFuture<Optional<String>> result = new CompletableFuture<>();
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
      Channel channel =
          new Bootstrap()
              .group(transport.group())
              .channel(transport.socketChannel())
              .disableResolver()
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
              .handler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                      tls.connecting(made.alloc(), node.hashCode())
                          .ifPresentOrElse(
                              handler -> made.pipeline().addLast(handler, new Hand(node, result)),
                              () -> result.complete(Optional.of("there is no certificate")));
                    }
                  })
              .connect(address)
              .addListener(
                  (ChannelFuture done) -> {
                    if (!done.isSuccess()) {
                      result.complete(
                          Optional.of(
                              done.cause() instanceof IOException failure
                                  ? Reason.of(failure)
                                  : String.valueOf(done.cause())));
                    }
                  })
              .channel();
      try {
        return result.get(WHOLE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      } finally {
        channel.close().awaitUninterruptibly(CONNECT_TIMEOUT_MILLIS);
      }
    } catch (UnknownHostException e) {
      return Optional.of(Reason.of(e));
    } catch (TimeoutException | ExecutionException _) {
      return Optional.of("Nothing came in time");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("It was not waited for");
    }
  }

  /** Sees how one handshake ends. Runs on the event loop. */
  private static final class Hand extends ChannelInboundHandlerAdapter {
    private final String node;
    private final CompletableFuture<Optional<String>> result;

    Hand(String node, CompletableFuture<Optional<String>> result) {
      this.node = node;
      this.result = result;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          shaken(context);
        } else {
          failed(handshake.cause());
        }
      }
      context.fireUserEventTriggered(event);
    }

    private void shaken(ChannelHandlerContext context) {
      SslHandler handler = context.pipeline().get(SslHandler.class);
      String named =
          PeerCertificate.of(handler.engine().getSession())
              .map(PeerCertificate::node)
              .orElse("nobody");
      if (named.equals(node)) {
        var _ =
            context
                .executor()
                .schedule(
                    () -> result.complete(Optional.empty()),
                    REFUSAL_COMES_WITHIN_MILLIS,
                    TimeUnit.MILLISECONDS);
      } else {
        result.complete(Optional.of("Its certificate is that of " + named));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failed(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      result.complete(Optional.of("It hung up"));
    }

    private void failed(Throwable cause) {
      String word =
          switch (TlsTrouble.of(cause)) {
            case EXPIRED -> "Its certificate has expired";
            case NOT_YET_VALID -> "Its certificate is not valid yet: one of the clocks is wrong";
            case FOREIGN -> "Its certificate is of an authority that peers.tls.ca does not have";
            case OTHER_NODE -> "Its certificate is that of another node";
            case REFUSED_US -> "It does not believe this node's certificate";
            case FAILED -> "No handshake came about: " + cause.getMessage();
          };
      result.complete(Optional.of(word));
    }
  }

  @Override
  public void close() {
    transport.close();
  }
}
