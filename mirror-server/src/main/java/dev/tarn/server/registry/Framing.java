package dev.tarn.server.registry;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How a client tells where a body ends.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6">RFC 9112, Message Body</a>
 */
enum Framing {
  /** By the length in the headers, or because the answer to a HEAD has no body. */
  LENGTH {
    @Override
    ChannelFuture write(Channel channel, Object bytes, long size) {
      return channel.writeAndFlush(bytes);
    }

    @Override
    ChannelFuture end(Channel channel) {
      return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
  },

  /** By chunks, each with its size in front, and an empty one at the end. */
  CHUNKED {
    @Override
    ChannelFuture write(Channel channel, Object bytes, long size) {
      channel.write(ascii(channel, Long.toHexString(size) + "\r\n"));
      channel.write(bytes);
      return channel.writeAndFlush(ascii(channel, "\r\n"));
    }

    @Override
    ChannelFuture end(Channel channel) {
      return channel.writeAndFlush(ascii(channel, "0\r\n\r\n"));
    }
  };

  /**
   * Writes a part of a body, which is more than nothing.
   *
   * @param bytes a buffer or a part of a file, which the channel then owns
   */
  abstract ChannelFuture write(Channel channel, Object bytes, long size);

  /** Writes what follows the last part, and whatever was not flushed yet. */
  abstract ChannelFuture end(Channel channel);

  private static ByteBuf ascii(Channel channel, String text) {
    return ByteBufUtil.encodeString(
        channel.alloc(), CharBuffer.wrap(text), StandardCharsets.US_ASCII);
  }
}
