package dev.tarn.server.registry;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Looks at a connection's first byte: a TLS hello gets a plain 400, which is what makes a client
 * that tries HTTPS first fall back to HTTP. Leaves the pipeline with that byte; event loop only.
 */
final class TlsHelloGuard extends ChannelInboundHandlerAdapter {
  private static final int TLS_HANDSHAKE = 0x16;
  private static final String REFUSAL =
      """
      HTTP/1.1 400 Bad Request\r
      Content-Type: text/plain\r
      Content-Length: 29\r
      Connection: close\r
      \r
      this port speaks plain HTTP.
      """;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes
        && bytes.isReadable()
        && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
      ReferenceCountUtil.release(message);
      ctx.writeAndFlush(Unpooled.copiedBuffer(REFUSAL, StandardCharsets.US_ASCII))
          .addListener(_ -> LingeringClose.start(ctx.channel()));
      return;
    }
    ctx.pipeline().remove(this);
    ctx.fireChannelRead(message);
  }
}
