package dev.tarn.server.membership.kubernetes.http;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as fabric8 sees them. Any thread; what it calls runs on the executor,
 * one thing after the other: the head of the answer, its pieces, its end.
 *
 * <p>Pieces come as they are asked for by {@link #consume()}: for each call one, which is whatever
 * has arrived. Nothing of an answer is kept here once it was handed over.
 */
final class ApiExchange implements AsyncBody {
  private final StandardHttpRequest request;
  private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
  private final Executor executor;
  private final AnswerHandler handler;
  private final CompletableFuture<HttpResponse<AsyncBody>> answered = new CompletableFuture<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  // Guarded by this.
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private @Nullable Channel channel;
  private boolean over;

  /**
   * Sends nothing yet.
   *
   * @param patience for the head of the answer; where the body is not endless, for each piece too
   */
  ApiExchange(
      StandardHttpRequest request,
      AsyncBody.Consumer<List<ByteBuffer>> consumer,
      Executor executor,
      Duration patience) {
    this.request = request;
    this.consumer = consumer;
    this.executor = executor;
    this.handler = new AnswerHandler(this, patience);
    answered.whenComplete(
        (_, _) -> {
          if (answered.isCancelled()) {
            cancel();
          }
        });
  }

  StandardHttpRequest request() {
    return request;
  }

  /** For the one connection of this exchange that is made. */
  ChannelHandler handler() {
    return handler;
  }

  CompletableFuture<HttpResponse<AsyncBody>> answered() {
    return answered;
  }

  /** Whether nothing is to come any more, for whatever reason. */
  synchronized boolean isOver() {
    return over;
  }

  @Override
  public CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public synchronized void consume() {
    if (channel != null && !over) {
      channel.eventLoop().execute(handler::ask);
    }
  }

  @Override
  public void cancel() {
    done.cancel(false);
    hangUp();
  }

  /** Ends it now, unless it has ended; what was not handed over is dropped. */
  void fail(Throwable cause) {
    later(
        () -> {
          done.completeExceptionally(cause);
          answered.completeExceptionally(cause);
        });
    hangUp();
  }

  /** There is a connection; false where nobody wants it any more. */
  synchronized boolean opened(Channel opened) {
    channel = opened;
    return !over;
  }

  void head(ApiResponse response) {
    later(() -> answered.complete(response));
  }

  void piece(List<ByteBuffer> piece) {
    later(
        () -> {
          try {
            if (!done.isDone()) {
              consumer.consume(piece, this);
            }
          } catch (Exception e) {
            fail(e);
          }
        });
  }

  /** All pieces were handed over; that was the whole body, or it was cut. */
  void end(@Nullable Throwable cut) {
    if (cut == null) {
      later(() -> done.complete(null));
      hangUp();
    } else {
      fail(cut);
    }
  }

  private synchronized void hangUp() {
    over = true;
    if (channel != null && channel.isOpen()) {
      channel.eventLoop().execute(handler::stop);
    }
  }

  private synchronized void later(Runnable task) {
    try {
      last =
          last.handleAsync(
              (_, _) -> {
                task.run();
                return null;
              },
              executor);
    } catch (RejectedExecutionException e) {
      // The node is closing: nobody waits, but for whom a future that never ends would be worse.
      IOException closing = new IOException("closing", e);
      done.completeExceptionally(closing);
      answered.completeExceptionally(closing);
      hangUp();
    }
  }
}
