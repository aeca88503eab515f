package dev.tarn.server.upstream;

import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One request's answer on its way from an event loop to the virtual thread that waits for it. This
 * class owns the hop: methods named {@code on…} are the event loop's and never block, the others
 * are the thread's.
 *
 * <p>Bytes queue up to about {@link #PAUSE_BYTES}; then the connection is not read until half of
 * them are taken. What arrived before a failure is still delivered, so that a resume can go on from
 * there.
 */
final class Exchange {
  /** Queued bytes at which reading pauses. */
  static final int PAUSE_BYTES = 1024 * 1024;

  private static final int RESUME_BYTES = PAUSE_BYTES / 2;

  /**
   * Queued bytes at which the thread is woken before a read is complete; TLS brings 16 KiB each.
   */
  private static final int WAKE_BYTES = 128 * 1024;

  /** The head of an answer. */
  record Head(int status, HttpHeaders headers) {}

  /** What the thread's side asks of the connection; called on the thread. */
  interface Control {
    void resumeReading(Exchange exchange);

    /** Closes the connection, unless it is done with this exchange. */
    void abandon(Exchange exchange);
  }

  private final Control control;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean paused;
  private boolean ended;
  private boolean closed;
  private @Nullable Head head;
  private @Nullable UpstreamException failure;

  Exchange(Control control) {
    this.control = control;
  }

  /** The head is here. */
  void onHead(Head arrived) {
    lock.lock();
    try {
      head = arrived;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Body bytes are here; takes ownership of {@code bytes}.
   *
   * @return whether the connection is to pause reading
   */
  boolean onBody(ByteBuf bytes) {
    lock.lock();
    try {
      if (closed) {
        bytes.release();
        return false;
      }
      queue.add(bytes);
      queuedBytes += bytes.readableBytes();
      paused |= queuedBytes >= PAUSE_BYTES;
      if (queuedBytes >= WAKE_BYTES) {
        changed.signal();
      }
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /** What could be read without waiting was handed over. */
  void onReadComplete() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The body ended as its framing says. */
  void onEnd() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come. The first failure counts, and none after the end. */
  void onFailure(UpstreamException cause) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = cause;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the head. Where it does not come the exchange is over. */
  Head awaitHead(Deadline deadline) throws UpstreamException {
    lock.lock();
    try {
      while (head == null) {
        if (failure != null) {
          throw failure;
        }
        if (!await(deadline)) {
          throw new UpstreamException(Reason.TIMEOUT, "no answer in time");
        }
      }
      return head;
    } catch (UpstreamException e) {
      closeLocked();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next bytes; null at the end. The caller owns the buffer.
   *
   * @throws StalledException where none came in {@code limit}
   */
  @Nullable ByteBuf next(Duration limit) throws UpstreamException {
    boolean resume = false;
    lock.lock();
    try {
      Deadline deadline = queue.isEmpty() ? Deadline.after(limit) : null;
      while (queue.isEmpty()) {
        if (ended) {
          return null;
        }
        if (failure != null) {
          throw failure;
        }
        if (closed) {
          throw new UpstreamException(Reason.BROKEN, "closed");
        }
        if (deadline == null || !await(deadline)) {
          throw new StalledException("no byte for " + limit.toMillis() + " ms");
        }
      }
      ByteBuf bytes = queue.remove();
      queuedBytes -= bytes.readableBytes();
      if (paused && queuedBytes <= RESUME_BYTES) {
        paused = false;
        resume = true;
      }
      return bytes;
    } finally {
      lock.unlock();
      if (resume) {
        control.resumeReading(this);
      }
    }
  }

  /**
   * Ends the exchange; what is queued is released. A body not read to its end costs the connection.
   */
  void close() {
    lock.lock();
    try {
      closeLocked();
    } finally {
      lock.unlock();
    }
  }

  private void closeLocked() {
    if (closed) {
      return;
    }
    closed = true;
    queue.forEach(ByteBuf::release);
    queue.clear();
    queuedBytes = 0;
    if (!ended) {
      control.abandon(this);
    }
  }

  /** Waits once for a change; false where the deadline passed. Callers loop. */
  @SuppressWarnings("WaitNotInLoop")
  private boolean await(Deadline deadline) throws UpstreamException {
    try {
      return changed.awaitNanos(deadline.remainingNanos()) > 0 || !deadline.passed();
    } catch (InterruptedException e) {
      throw Interrupts.restored(e);
    }
  }
}
