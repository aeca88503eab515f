package dev.tarn.server.registry;

import dev.tarn.server.mirror.MirrorRequest;
import dev.tarn.server.mirror.Outcome;
import dev.tarn.server.mirror.Source;
import dev.tarn.server.trace.TraceParent;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Is told of connections, and of every request when it is over; on an event loop, and never blocks.
 */
public interface ExchangeListener {

  void finished(Finished exchange);

  /** A client connected. */
  default void connected() {}

  /** A client's connection is closed. */
  default void disconnected() {}

  /** A client was turned away, because there are too many. */
  default void turnedAway() {}

  /**
   * A request that is over.
   *
   * @param request what was asked, or null where it was refused before it was understood
   * @param method the HTTP method
   * @param bodyBytes bytes of the body that the client took
   * @param firstByteNanos from the request to the headers
   * @param totalNanos from the request to the last byte
   * @param completed whether the client got all of it
   * @param clientLeft whether it was the client that ended it, where it is not completed
   * @param trace what the client sent it for, where it records that and says so
   */
  record Finished(
      @Nullable MirrorRequest request,
      String method,
      int status,
      Source source,
      Outcome outcome,
      long bodyBytes,
      long firstByteNanos,
      long totalNanos,
      boolean completed,
      boolean clientLeft,
      @Nullable SocketAddress client,
      @Nullable TraceParent trace) {}
}
