package dev.tarn.server.upstream;

import dev.tarn.server.net.Transport;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections: looks the host up, keeps the addresses that may be dialled, races them, passes
 * a proxy, shakes hands. Blocks the virtual thread that asks.
 */
final class Dialer {
  /**
   * The first TLS request of a process takes over a second of its own processor time, which on a
   * busy node is several of waiting; see docs/decisions/0003-upstream-http-client.md.
   */
  private static final int HANDSHAKE_FACTOR = 3;

  private static final int MAX_INITIAL_LINE_BYTES = 8 * 1024;
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final int MIN_READ_BYTES = 16 * 1024;
  private static final int FIRST_READ_BYTES = 64 * 1024;
  private static final int MAX_READ_BYTES = 256 * 1024;

  private static final ChannelHandler HANDLERS_COME_LATER = new EmptyHandler();

  @Sharable
  private static final class EmptyHandler extends ChannelHandlerAdapter {}

  private final Transport transport;
  private final Duration connectTimeout;
  private final BoundedResolver resolver;
  private final ProxyRules proxies;
  private final TlsContexts tlsContexts;

  Dialer(
      Transport transport,
      Duration connectTimeout,
      Optional<Path> authorities,
      BoundedResolver resolver,
      ProxyRules proxies) {
    this.transport = transport;
    this.connectTimeout = connectTimeout;
    this.tlsContexts = new TlsContexts(authorities.map(Authorities.InFile::new));
    this.resolver = resolver;
    this.proxies = proxies;
  }

  /** The proxy that stands before a site. */
  Optional<ProxyRules.Proxy> proxyFor(Site site) {
    return proxies.proxyFor(site);
  }

  Connection open(
      Route route, AddressGuard.Permission permission, ConnectionPool pool, Deadline deadline)
      throws UpstreamException {
    Site site = route.site();
    Optional<ProxyRules.Proxy> proxy = proxies.proxyFor(site);
    SslContext tls = site.tls() ? tlsContexts.forAuthorities(route.ca()) : null;
    Site dialled = proxy.map(ProxyRules.Proxy::site).orElse(site);
    List<InetAddress> addresses =
        resolver.resolve(dialled.host(), deadline.orAfter(connectTimeout));
    if (proxy.isEmpty()) {
      addresses = addresses.stream().filter(permission::permits).toList();
    }
    if (addresses.isEmpty()) {
      throw forbidden(site);
    }
    Deadline connecting = deadline.orAfter(connectTimeout);
    Channel channel =
        AddressRace.run(
            AddressRace.interleaved(addresses),
            address ->
                bootstrap(connecting).connect(new InetSocketAddress(address, dialled.port())),
            dialled,
            connecting);
    InetAddress reached =
        proxy.isPresent() ? null : ((InetSocketAddress) channel.remoteAddress()).getAddress();
    Connection connection = new Connection(route, channel, reached, pool);
    Duration furnishing = connectTimeout.multipliedBy(HANDSHAKE_FACTOR);
    furnish(connection, proxy, tls, deadline.orAfter(furnishing));
    return connection;
  }

  /** An address of a site as it is known here; null where a proxy stands before it. */
  @Nullable InetAddress addressOf(Site site, Deadline deadline) throws UpstreamException {
    return proxies.proxyFor(site).isPresent()
        ? null
        : resolver.resolve(site.host(), deadline.orAfter(connectTimeout)).getFirst();
  }

  /**
   * Checks what can be known of a named site behind a proxy: its address where it is a literal, or
   * where this machine's DNS knows it too. The proxy has the last word. Without a proxy nothing is
   * known before the address is dialled.
   */
  void checkBehindProxy(Site site, AddressGuard.Permission permission, Deadline deadline)
      throws UpstreamException {
    if (permission.equals(AddressGuard.Permission.ANY) || proxies.proxyFor(site).isEmpty()) {
      return;
    }
    List<InetAddress> known;
    try {
      known = resolver.resolve(site.host(), deadline.orAfter(connectTimeout));
    } catch (UpstreamException e) {
      known = List.of();
    }
    if (!known.stream().allMatch(permission::permits)) {
      throw forbidden(site);
    }
  }

  private static UpstreamException forbidden(Site site) {
    return new UpstreamException(
        Reason.FORBIDDEN_TARGET, site + " is at an address that may not be dialled");
  }

  /** Puts the handlers of this connection in place, with the tunnel and TLS open. */
  private static void furnish(
      Connection connection,
      Optional<ProxyRules.Proxy> proxy,
      @Nullable SslContext tls,
      Deadline deadline)
      throws UpstreamException {
    Channel channel = connection.channel();
    boolean furnished = false;
    try {
      if (tls != null) {
        if (proxy.isPresent()) {
          tunnel(channel, proxy.get(), connection.route().site(), deadline);
        }
        handshake(channel, tls, connection.route().site(), deadline);
      }
      channel
          .eventLoop()
          .execute(
              () -> {
                channel.pipeline().addLast(codec(), connection);
                channel.config().setAutoRead(true);
              });
      furnished = true;
    } finally {
      if (!furnished) {
        connection.closeChannel();
      }
    }
  }

  private static void tunnel(Channel channel, ProxyRules.Proxy proxy, Site site, Deadline deadline)
      throws UpstreamException {
    Promise<Void> open = channel.eventLoop().newPromise();
    channel
        .eventLoop()
        .execute(() -> channel.pipeline().addLast(new ProxyTunnel(proxy, site, open)));
    await(open, deadline, "the proxy " + proxy + " did not answer in time");
  }

  private static void handshake(Channel channel, SslContext tls, Site site, Deadline deadline)
      throws UpstreamException {
    Promise<Channel> done = channel.eventLoop().newPromise();
    channel
        .eventLoop()
        .execute(
            () -> {
              SslHandler handler = tls.newHandler(channel.alloc(), site.host(), site.port());
              handler.setHandshakeTimeoutMillis(deadline.remainingMillis());
              handler.handshakeFuture().addListener(new PromiseNotifier<>(done));
              channel.pipeline().addLast(handler);
              channel.config().setAutoRead(true);
            });
    await(done, deadline, "the TLS handshake with " + site + " did not end in time");
  }

  private static void await(Future<?> future, Deadline deadline, String late)
      throws UpstreamException {
    try {
      if (!future.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        throw new UpstreamException(Reason.TIMEOUT, late);
      }
    } catch (InterruptedException e) {
      throw Interrupts.restored(e);
    }
    if (!future.isSuccess()) {
      throw Connection.classified(future.cause());
    }
  }

  private static HttpClientCodec codec() {
    return new HttpClientCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_INITIAL_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_READ_BYTES),
        false,
        true);
  }

  private Bootstrap bootstrap(Deadline deadline) {
    return new Bootstrap()
        .group(transport.group())
        .channel(transport.socketChannel())
        .disableResolver()
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, deadline.remainingMillis())
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(MIN_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
        .handler(HANDLERS_COME_LATER);
  }
}
