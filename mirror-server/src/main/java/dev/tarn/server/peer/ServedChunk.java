package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.PeerProtocol;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request for a chunk on one connection, from its arrival to the last byte of its answer. Its
 * state belongs to the connection's event loop; {@link Upload}'s calls hop there.
 *
 * <pre>
 *   asked ──▶ serving ──▶ ended
 *     └───── refused ───────▲
 * </pre>
 */
final class ServedChunk implements Upload {
  /** The connection's side of it. */
  interface Connection {
    /** Something happened: it is not idle. */
    void active();

    /** The answer is written; {@code reusable} says whether another request may follow. */
    void ended(boolean reusable);
  }

  private final Channel channel;
  private final Connection connection;
  private final EndpointParts parts;
  private final String from;
  private final ChunkRequest request;
  private final boolean sendfile;
  private @Nullable ChunkWriter writer;
  private @Nullable Runnable whenEnded;
  private boolean ended;

  /**
   * @param sendfile whether bytes go from file to socket as they are
   */
  ServedChunk(
      Channel channel,
      Connection connection,
      EndpointParts parts,
      String from,
      ChunkRequest request,
      boolean sendfile) {
    this.channel = channel;
    this.connection = connection;
    this.parts = parts;
    this.from = from;
    this.request = request;
    this.sendfile = sendfile;
  }

  @Override
  public void serve(ChunkBody body) {
    if (!hop(() -> start(body))) {
      body.close();
    }
  }

  private void start(ChunkBody body) {
    if (ended || writer != null) {
      body.close();
      return;
    }
    parts.uploads().incrementAndGet();
    parts.listener().answered(from, true, 200);
    ChunkWriter started =
        new ChunkWriter(channel, body, request.offset(), sendfile, parts.bandwidth(), this::over);
    writer = started;
    started.start(
        parts.service().voucher(request),
        bytes -> {
          connection.active();
          parts.listener().sent(from, bytes);
        });
  }

  @Override
  public void refuse(FetchFailure reason) {
    hop(
        () -> {
          if (!ended && writer == null) {
            parts.listener().answered(from, true, PeerProtocol.statusOf(reason));
            channel.writeAndFlush(ResponseBytes.refusal(channel.alloc(), reason));
            end(true);
          }
        });
  }

  @Override
  public void cut(FetchFailure reason) {
    hop(
        () -> {
          ChunkWriter running = writer;
          if (!ended && running != null) {
            running.cut(reason);
          }
        });
  }

  @Override
  public void onEnd(Runnable then) {
    boolean hopped =
        hop(
            () -> {
              whenEnded = then;
              if (ended) {
                then.run();
              }
            });
    if (!hopped) {
      then.run();
    }
  }

  /** The connection is gone. */
  void connectionLost() {
    ChunkWriter running = writer;
    if (running != null) {
      running.abandon();
    }
    end(false);
  }

  private void over(boolean reusable) {
    if (!reusable) {
      channel.close();
    }
    end(reusable);
  }

  private void end(boolean reusable) {
    if (ended) {
      return;
    }
    ended = true;
    if (writer != null) {
      parts.uploads().decrementAndGet();
    }
    connection.ended(reusable);
    if (whenEnded != null) {
      whenEnded.run();
    }
  }

  private boolean hop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // The event loops have ended, and the connection with them.
    }
  }
}
