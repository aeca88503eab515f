package dev.tarn.server.registry;

import dev.tarn.server.mirror.Body;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;

/**
 * Writes one kind of body to one connection, and says once how it ended. Event loop only. The owner
 * closes the body when it ended, or when the connection did.
 */
interface BodyWriter {

  /** Is told how the body ended. */
  interface Ending {
    /** All bytes are handed to the socket. */
    void completed();

    /** It cannot be continued: the connection is to be ended by FIN. */
    void cut(String why);
  }

  void start();

  /** Bytes of the body that the socket took so far. */
  long written();

  /**
   * Bytes of the content that came from wherever it comes from, be it that none of them can be
   * written yet: while it grows, the source is alive.
   */
  default long came() {
    return 0;
  }

  /** Whether it waits for bytes to come, not for the client to take some. */
  boolean isWaiting();

  /** The connection is gone: writes nothing more, reports nothing more. */
  void abort();

  /**
   * The writer for a body.
   *
   * @param firstReady for growing content, the offset up to which bytes are there
   */
  static BodyWriter of(
      Body body,
      Channel channel,
      Framing framing,
      Executor workers,
      long firstReady,
      Ending ending) {
    return switch (body) {
      case Body.Stored(var blob, long start, long end) ->
          new FileWriter(channel, blob.channel(), start, end, ending);
      case Body.Growing(var reader, long start, long end) ->
          new GrowingWriter(channel, framing, reader, start, end, firstReady, ending);
      case Body.Passing(var bytes, long length) ->
          new PassingWriter(channel, framing, bytes, length, workers, ending);
      case Body.Bytes _, Body.None _ ->
          throw new IllegalArgumentException("is written with the headers");
    };
  }
}
