package dev.tarn.server.registry;

import dev.tarn.server.mirror.Mirror;
import dev.tarn.server.mirror.Registries;
import dev.tarn.server.net.StrictRequestDecoder;
import dev.tarn.server.net.Transport;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The listener that containerd pulls through. Started and closed by the node; connections live on
 * the transport's event loops.
 */
public final class RegistryEndpoint implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int MIN_READ_BYTES = 512;
  private static final int FIRST_READ_BYTES = 2048;

  private final EndpointContext context;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  private RegistryEndpoint(EndpointContext context, Transport transport, InetSocketAddress address)
      throws IOException {
    this.context = context;
    this.listener = transport.listen(address, BACKLOG, new Pipeline());
  }

  /**
   * Binds and starts to answer.
   *
   * @param agent what the containerd-config-agent asks; null where there is none
   */
  public static RegistryEndpoint start(
      InetSocketAddress address,
      RegistrySettings settings,
      Registries registries,
      Mirror mirror,
      Transport transport,
      Executor workers,
      LongSupplier nanoClock,
      ExchangeListener listener,
      @Nullable AgentRequests agent)
      throws IOException {
    EndpointContext context =
        new EndpointContext(
            new RequestParser(registries),
            mirror,
            new TokenRequests(mirror, registries.relayTokens()),
            settings,
            workers,
            nanoClock,
            listener,
            agent);
    return new RegistryEndpoint(context, transport, address);
  }

  /** The address that it listens on. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** How many clients are connected. */
  public int connections() {
    return connections.size();
  }

  /** Stops to accept; lets answers under way finish within {@code limit}; ends the rest by FIN. */
  public void drain(Duration limit) {
    context.drain();
    listener.close().awaitUninterruptibly();
    tellEach(RegistryHandler::drain);
    connections.newCloseFuture().awaitUninterruptibly(limit.toNanos(), TimeUnit.NANOSECONDS);
    tellEach(RegistryHandler::breakOff);
    connections
        .newCloseFuture()
        .awaitUninterruptibly(RegistrySettings.LINGER.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void tellEach(Consumer<RegistryHandler> message) {
    for (Channel connection : connections) {
      connection
          .eventLoop()
          .execute(
              () -> {
                RegistryHandler handler = connection.pipeline().get(RegistryHandler.class);
                if (handler != null) { // Else it was closed in this very moment.
                  message.accept(handler);
                }
              });
    }
  }

  @Override
  public void close() {
    drain(Duration.ZERO);
    connections.close().awaitUninterruptibly();
  }

  /** Sets up each accepted connection. */
  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (connections.size() >= context.settings().maxConnections()) {
        context.listener().turnedAway();
        channel.close();
        return;
      }
      connections.add(channel);
      context.listener().connected();
      channel.closeFuture().addListener(_ -> context.listener().disconnected());
      // What is read at once is decoded at once, and waits as requests where one is slow.
      channel
          .config()
          .setRecvByteBufAllocator(
              new AdaptiveRecvByteBufAllocator(
                  MIN_READ_BYTES, FIRST_READ_BYTES, RegistrySettings.MAX_READ_BYTES));
      channel
          .pipeline()
          .addLast(
              new TlsHelloGuard(),
              new StrictRequestDecoder(
                  RegistrySettings.MAX_REQUEST_LINE_BYTES, RegistrySettings.MAX_HEADER_BYTES),
              new RegistryHandler(context));
    }
  }
}
