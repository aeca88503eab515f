package dev.tarn.server.membership.kubernetes.http;

import dev.tarn.server.net.Transport;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connection for each request, and knows those that are open. Any thread; names are looked
 * up and authorities read on the executor, the rest happens on event loops.
 */
final class ApiConnections implements AutoCloseable {
  private static final int MAX_INITIAL_LINE_BYTES = 8 * 1024;
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int READ_BYTES = 16 * 1024;

  /** What may lie in the kernel, and so at most in this process once the server has ended. */
  private static final int RECEIVE_BUFFER_BYTES = 128 * 1024;

  // A watch is silent for a minute on end; who vanished without a sign is given up after two.
  private static final int KEEPALIVE_IDLE_SECONDS = 60;
  private static final int KEEPALIVE_INTERVAL_SECONDS = 15;
  private static final int KEEPALIVE_PROBES = 4;

  private final Transport transport;
  private final Executor executor;
  private final Authorities authorities;
  private final Timeouts timeouts;
  private final Set<ApiExchange> exchanges = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * How long to wait.
   *
   * @param connect for one address to answer
   * @param answer for the head of an answer to a request that does not say it itself
   */
  record Timeouts(Duration connect, Duration answer) {}

  ApiConnections(
      Transport transport, Executor executor, Authorities authorities, Timeouts timeouts) {
    this.transport = transport;
    this.executor = executor;
    this.authorities = authorities;
    this.timeouts = timeouts;
  }

  /** Sends a request without a body. The answer comes on the executor. */
  CompletableFuture<HttpResponse<AsyncBody>> send(
      StandardHttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    ApiExchange exchange = new ApiExchange(request, consumer, executor, patience(request));
    exchanges.add(exchange);
    exchange.done().whenComplete((_, _) -> exchanges.remove(exchange));
    if (closed) {
      exchange.fail(new IOException("closed"));
      return exchange.answered();
    }
    try {
      executor.execute(() -> open(exchange, request.uri()));
    } catch (RejectedExecutionException e) {
      exchange.fail(new IOException("closing", e));
    }
    return exchange.answered();
  }

  /** Fails whatever is under way. */
  @Override
  public void close() {
    closed = true;
    exchanges.forEach(exchange -> exchange.fail(new IOException("closed")));
  }

  private Duration patience(StandardHttpRequest request) {
    Duration own = request.getTimeout();
    return own != null && own.isPositive() ? own : timeouts.answer();
  }

  private void open(ApiExchange exchange, URI uri) {
    try {
      boolean tls = "https".equals(uri.getScheme());
      SslContext context = tls ? authorities.context() : null;
      int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
      Site site = new Site(unbracketed(uri.getHost()), port, context);
      connect(exchange, site, new ArrayDeque<>(List.of(InetAddress.getAllByName(site.host()))));
    } catch (UnknownHostException e) {
      exchange.fail(new IOException("unknown host " + uri.getHost(), e));
    } catch (IOException e) {
      exchange.fail(e);
    }
  }

  private record Site(String host, int port, @Nullable SslContext tls) {}

  /** Tries the addresses one after the other. */
  private void connect(ApiExchange exchange, Site site, Queue<InetAddress> addresses) {
    InetSocketAddress address = new InetSocketAddress(addresses.remove(), site.port());
    bootstrap()
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                furnish(channel, exchange, site);
              }
            })
        .connect(address)
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                return;
              }
              if (addresses.isEmpty() || exchange.isOver()) {
                exchange.fail(
                    new IOException(
                        "cannot connect to " + address + ": " + done.cause().getMessage(),
                        done.cause()));
              } else {
                connect(exchange, site, addresses);
              }
            });
  }

  private void furnish(Channel channel, ApiExchange exchange, Site site) {
    if (site.tls() != null) {
      SslHandler handler =
          site.tls().newHandler(channel.alloc(), site.host(), site.port(), executor);
      // The exchange itself looks at the time.
      handler.setHandshakeTimeoutMillis(0);
      channel.pipeline().addLast(handler);
    }
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_INITIAL_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(READ_BYTES);
    channel.pipeline().addLast(new HttpClientCodec(limits, false, false), exchange.handler());
  }

  private Bootstrap bootstrap() {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(transport.group())
            .channel(transport.socketChannel())
            .disableResolver()
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            // Nobody reads again for minutes: what was read into is given back, not kept in a pool.
            .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .option(ChannelOption.AUTO_READ, false)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(timeouts.connect().toMillis()));
    if (transport.socketChannel() == EpollSocketChannel.class) {
      bootstrap
          .option(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
          .option(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
          .option(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES);
    }
    return bootstrap;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
