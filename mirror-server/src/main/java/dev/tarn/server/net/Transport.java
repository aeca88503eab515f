package dev.tarn.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of this process with the channel types that run on them. Whoever starts it closes
 * it, after everything that uses it.
 */
public record Transport(
    EventLoopGroup group,
    Class<? extends SocketChannel> socketChannel,
    Class<? extends ServerSocketChannel> serverChannel)
    implements AutoCloseable {
  private static final int CLOSE_LIMIT_SECONDS = 5;

  /** Starts {@code threads} event loops: on epoll where this machine has it, else on NIO. */
  public static Transport start(int threads) {
    return Epoll.isAvailable()
        ? new Transport(
            group(threads, EpollIoHandler.newFactory()),
            EpollSocketChannel.class,
            EpollServerSocketChannel.class)
        : startNio(threads);
  }

  /** Starts {@code threads} event loops on NIO, which every platform has. */
  public static Transport startNio(int threads) {
    return new Transport(
        group(threads, NioIoHandler.newFactory()),
        NioSocketChannel.class,
        NioServerSocketChannel.class);
  }

  private static EventLoopGroup group(int threads, IoHandlerFactory factory) {
    return new MultiThreadIoEventLoopGroup(
        threads, new DefaultThreadFactory("tarn-loop", true), factory);
  }

  /**
   * Listens; blocks for the moment that it takes to bind.
   *
   * @param backlog connections that may wait to be accepted
   * @param accepted sets each of them up
   * @throws IOException where the address cannot be bound
   */
  public Channel listen(InetSocketAddress address, int backlog, ChannelHandler accepted)
      throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(serverChannel)
            .option(ChannelOption.SO_BACKLOG, backlog)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(accepted)
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  /** Ends the event loops; blocks for a few seconds at most. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
