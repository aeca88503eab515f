package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.server.peer.runtime.UpstreamSource;
import dev.tarn.server.upstream.Upstream;
import dev.tarn.server.upstream.UpstreamAnswer;
import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a part of a blob upstream, resumed after a break, on a virtual thread of its own. May be
 * cancelled by any thread.
 */
final class UpstreamRun implements Runnable, UpstreamSource.Run {
  /** Attempts in a row that bring no byte, before others are to try. */
  private static final int MAX_FRUITLESS_ATTEMPTS = 3;

  /** What is asked for, and of whom. */
  record From(Wanted wanted, Upstream upstream) {
    UpstreamAnswer ask(long start, long end) {
      return wanted.get(
          upstream, start, end == Question.UNKNOWN_SIZE ? Upstream.UNTIL_THE_END : end);
    }

    Scope scope() {
      return wanted.scope();
    }

    Digest digest() {
      return wanted.digest();
    }
  }

  private final From from;
  private final PeerFetch fetch;
  private final BlobFetch.Tools tools;
  private final long end;
  private final UpstreamSource.Receiver receiver;
  private long position;
  private long size = Question.UNKNOWN_SIZE;
  private boolean answered;

  // Guarded by this.
  private @Nullable Thread waiting;
  private boolean cancelled;

  UpstreamRun(
      From from,
      PeerFetch fetch,
      BlobFetch.Tools tools,
      long start,
      long end,
      UpstreamSource.Receiver receiver) {
    this.from = from;
    this.fetch = fetch;
    this.tools = tools;
    this.position = start;
    this.end = end;
    this.receiver = receiver;
  }

  /** How one answer's body ended. */
  private enum Body {
    OVER,
    BROKE_OFF
  }

  @Override
  public void run() {
    try {
      fetchAll();
    } catch (InterruptedException e) {
      fail(FetchFailure.UNAVAILABLE);
    } catch (IOException e) {
      // The receiver could not write, and knows.
    } catch (RuntimeException e) {
      tools.listener().trouble("transfer_failed", from.scope(), from.digest(), String.valueOf(e));
      fail(FetchFailure.UNAVAILABLE);
    }
  }

  private void fetchAll() throws IOException, InterruptedException {
    int fruitless = 0;
    while (!isCancelled()) {
      long before = position;
      switch (ask()) {
        case UpstreamAnswer.Found(UpstreamContent content) -> {
          try (content) {
            if (!accept(content) || copy(content) == Body.OVER) {
              return;
            }
          }
        }
        case UpstreamAnswer.NotFound notFound -> {
          refuse(notFound, FetchFailure.DENIED);
          return;
        }
        case UpstreamAnswer.Refused refused -> {
          refuse(refused, FetchFailure.DENIED);
          return;
        }
        case UpstreamAnswer.RateLimited limited -> {
          refuse(limited, FetchFailure.UNAVAILABLE);
          return;
        }
        case UpstreamAnswer.TooMany tooMany -> {
          refuse(tooMany, FetchFailure.UNAVAILABLE);
          return;
        }
        case UpstreamAnswer.Failed failed -> {
          refuse(failed, FetchFailure.UNAVAILABLE);
          return;
        }
      }
      fruitless = position > before ? 0 : fruitless + 1;
      if (fruitless == MAX_FRUITLESS_ATTEMPTS || size == Question.UNKNOWN_SIZE) {
        fail(FetchFailure.UNAVAILABLE);
        return;
      }
      tools.backoff().pause(fruitless);
    }
  }

  private UpstreamAnswer ask() {
    beginWait();
    try {
      return from.ask(position, end);
    } finally {
      endWait();
    }
  }

  private @Nullable ByteBuf next(UpstreamContent content) throws IOException {
    beginWait();
    try {
      return content.next();
    } finally {
      endWait();
    }
  }

  private synchronized void beginWait() {
    waiting = Thread.currentThread();
    if (cancelled) {
      waiting.interrupt();
    }
  }

  /** An interrupt is for the wait alone: it would close the file that is written to next. */
  private synchronized void endWait() {
    waiting = null;
    if (cancelled) {
      boolean _ = Thread.interrupted();
    }
  }

  private void refuse(UpstreamAnswer answer, FetchFailure reason) {
    if (!isCancelled()) {
      fetch.refused(answer);
      fail(reason);
    }
  }

  private void fail(FetchFailure reason) {
    if (!isCancelled()) {
      receiver.failed(reason);
    }
  }

  /** Whether the answer is one that can be gone on with. */
  private boolean accept(UpstreamContent content) {
    if (isCancelled()) {
      return false;
    }
    if (answered) {
      if (content.totalSize() != size) {
        report("the size changed in mid-blob");
        fail(FetchFailure.UNAVAILABLE);
        return false;
      }
      return true;
    }
    answered = true;
    size = content.totalSize() < 0 ? Question.UNKNOWN_SIZE : content.totalSize();
    fetch.allowedBy(content);
    boolean givesParts = content.offset() == position && !saysNone(content);
    receiver.answered(size, givesParts);
    return true;
  }

  private static boolean saysNone(UpstreamContent content) {
    return content.header("Accept-Ranges").filter("none"::equalsIgnoreCase).isPresent();
  }

  private Body copy(UpstreamContent content) throws IOException {
    long at = content.offset();
    while (true) {
      ByteBuf bytes;
      try {
        bytes = next(content);
      } catch (IOException e) {
        if (!isCancelled()) {
          report(String.valueOf(e.getMessage()));
        }
        return Body.BROKE_OFF;
      }
      if (bytes == null) {
        return bodyEnded();
      }
      try {
        tools.listener().fetched(from.scope().registry(), Source.UPSTREAM, bytes.readableBytes());
        for (ByteBuffer part : bytes.nioBuffers()) {
          // An upstream without ranges sends what nobody asked for before what is wanted.
          int before = Math.clamp(position - at, 0, part.remaining());
          at += part.remaining();
          part.position(part.position() + before);
          if (part.hasRemaining() && !take(part)) {
            finishBody(content);
            return Body.OVER;
          }
        }
      } finally {
        bytes.release();
      }
    }
  }

  private boolean take(ByteBuffer part) throws IOException {
    position += part.remaining();
    return !isCancelled() && receiver.bytes(part);
  }

  private Body bodyEnded() {
    long last = end == Question.UNKNOWN_SIZE ? size : end;
    if (last == Question.UNKNOWN_SIZE || position >= last) {
      if (!isCancelled()) {
        receiver.ended();
      }
      return Body.OVER;
    }
    return Body.BROKE_OFF;
  }

  /** Reads the end of a body that has no byte left, so that its connection can be used again. */
  private void finishBody(UpstreamContent content) {
    if (position != end && position != size) {
      return;
    }
    try {
      ByteBuf more = content.next();
      if (more != null) {
        more.release();
      }
    } catch (IOException e) {
      // All that was wanted is here.
    }
  }

  private void report(String why) {
    tools.listener().trouble("upstream_broke_off", from.scope(), from.digest(), why);
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    if (waiting != null) {
      waiting.interrupt();
    }
  }
}
