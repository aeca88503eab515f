package dev.tarn.server.registry;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection by FIN: what was written is sent, then our side is shut down, and what the
 * client still sends is read and dropped until it closes too. Closing at once with unread bytes
 * would send a RST, on which containerd gives up the pull. Event loop only.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {
  private LingeringClose() {}

  static void start(Channel channel) {
    if (!channel.isActive() || channel.pipeline().get(LingeringClose.class) != null) {
      return;
    }
    channel.pipeline().addFirst(new LingeringClose());
    channel.config().setAutoRead(true);
    ((SocketChannel) channel)
        .shutdownOutput()
        .addListener(
            (ChannelFutureListener)
                shut -> {
                  if (!shut.isSuccess()) {
                    channel.close();
                  }
                });
    channel
        .eventLoop()
        .schedule(() -> channel.close(), RegistrySettings.LINGER.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }
}
