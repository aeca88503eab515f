package dev.tarn.server.admin;

import dev.tarn.server.net.StrictRequestDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Listens for health checks and scrapes: {@code /healthz}, {@code /readyz}, {@code /metrics}, by
 * GET or HEAD; and for what an operator asks or has the node do, {@link AdminApi}, by programs or
 * at the page. One request a connection. Runs on the given event loops; what takes milliseconds is
 * done on the given executor.
 *
 * <p>Health, metrics and the node's status tell nothing that names a repository, so nobody is asked
 * who they are; who has the node act shows a token.
 */
public final class AdminEndpoint implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_SCRAPES = 4;
  private static final int MAX_CALLS = 4;
  private static final int MAX_VIEWS = 8;
  private static final int MAX_PAGES = 16;
  private static final int MAX_REQUEST_LINE_BYTES = 2048;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int READ_TIMEOUT_SECONDS = 10;

  private final Channel server;
  private final ChannelGroup connections;

  private AdminEndpoint(Channel server, ChannelGroup connections) {
    this.server = server;
    this.connections = connections;
  }

  /**
   * What the endpoint tells.
   *
   * @param ready whether this node serves; asked on an event loop, so it must not block
   * @param scrape the metrics, in that format; asked on {@code executor}
   * @param invalidate has this node forget the tags that a reference names; asked on {@code
   *     executor}, once ready
   * @param overview what the node tells an operator; null where it cannot be told yet
   * @param tokenFile the file with the token for what acts; where empty, nobody may
   */
  public record Answers(
      BooleanSupplier ready,
      Function<MetricsFormat, String> scrape,
      Function<String, Invalidation> invalidate,
      Supplier<@Nullable Overview> overview,
      Optional<Path> tokenFile,
      Executor executor) {}

  /**
   * Starts to listen.
   *
   * @throws IOException where the address cannot be bound
   */
  public static AdminEndpoint start(
      EventLoopGroup group,
      Class<? extends ServerSocketChannel> serverChannel,
      InetSocketAddress address,
      Answers answers)
      throws IOException {
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    AdminApi api = new AdminApi(answers);
    AdminHandler.Turns turns =
        new AdminHandler.Turns(
            new Semaphore(MAX_SCRAPES),
            new Semaphore(MAX_CALLS),
            new Semaphore(MAX_VIEWS),
            new Semaphore(MAX_VIEWS),
            new Semaphore(MAX_PAGES));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(serverChannel)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    if (connections.size() >= MAX_CONNECTIONS) {
                      var _ = channel.close();
                      return;
                    }
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(READ_TIMEOUT_SECONDS))
                        .addLast(
                            new StrictRequestDecoder(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES),
                            new HttpResponseEncoder())
                        .addLast(new AdminHandler(answers, api, turns));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      connections.close().awaitUninterruptibly();
      throw new IOException("cannot listen on " + address + ": " + bound.cause().getMessage());
    }
    return new AdminEndpoint(bound.channel(), connections);
  }

  /** Where it listens, with the port that was taken where any was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /** Stops listening and closes what is open; the event loops stay. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }
}
