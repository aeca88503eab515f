package dev.tarn.server.peer;

import dev.tarn.server.net.StrictRequestDecoder;
import dev.tarn.server.net.Transport;
import dev.tarn.server.peer.tls.PeerTls;
import dev.tarn.server.peer.wire.PeerProtocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The listener that other nodes ask. Started and closed by the node; connections live on the
 * transport's event loops.
 */
public final class PeerEndpoint implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final EndpointParts parts;
  private final Optional<PeerTls> tls;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  private PeerEndpoint(
      EndpointParts parts, Optional<PeerTls> tls, Transport transport, InetSocketAddress address)
      throws IOException {
    this.parts = parts;
    this.tls = tls;
    this.listener = transport.listen(address, BACKLOG, new Pipeline());
  }

  /**
   * Binds and starts to answer.
   *
   * @param tls empty only where the configuration says in so many words that peers speak plain HTTP
   */
  public static PeerEndpoint start(
      InetSocketAddress address,
      String self,
      PeerSettings settings,
      Optional<PeerTls> tls,
      PeerService service,
      PeerSurroundings surroundings,
      PeerListener listener)
      throws IOException {
    EndpointParts parts =
        new EndpointParts(
            self,
            service,
            settings,
            listener,
            new Bandwidth(settings.uploadBytesPerSecond(), surroundings.nanoClock()),
            new AtomicInteger(),
            surroundings.nanoClock(),
            surroundings.clock());
    return new PeerEndpoint(parts, tls, surroundings.transport(), address);
  }

  /** The address that it listens on. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** How many chunks are being sent. */
  public int uploads() {
    return parts.uploads().get();
  }

  /** How many connections others have open. */
  public int connections() {
    return connections.size();
  }

  /** Stops to accept, and closes every connection: others find what they miss elsewhere. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
  }

  /** Sets up each accepted connection. */
  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (connections.size() >= parts.settings().maxConnections()) {
        parts.listener().turnedAway();
        channel.close();
        return;
      }
      connections.add(channel);
      parts.listener().connected(false);
      channel.closeFuture().addListener(_ -> parts.listener().disconnected(false));
      if (tls.isPresent()) {
        Optional<SslHandler> handler = tls.get().accepting(channel.alloc());
        if (handler.isEmpty()) {
          channel.close();
          return;
        }
        channel.pipeline().addLast(handler.get());
      }
      channel
          .pipeline()
          .addLast(
              new StrictRequestDecoder(
                  PeerProtocol.MAX_REQUEST_LINE_BYTES, PeerProtocol.MAX_HEADER_BYTES),
              new PeerHandler(parts, tls.isPresent()));
    }
  }
}
