package dev.tarn.server.mirror;

import dev.tarn.core.digest.Digest;
import dev.tarn.core.transfer.Transfer;
import dev.tarn.server.upstream.UpstreamContent;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A blob that streams from upstream to one client without touching the disk; used by one virtual
 * thread, and closed by any.
 *
 * <p>Read from its start, it is hashed as it passes, and its last bytes wait for the digest. Read
 * from an offset it cannot be: then the client, who has the bytes before it, verifies.
 */
final class VerifiedStream implements PassingBytes {
  private final UpstreamContent content;
  private final @Nullable Digest digest;
  private final LongConsumer fetched;
  private final Verdict verdict;
  private final MessageDigest hash;
  private boolean ended;

  // Guarded by held.
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private long heldBytes;
  private boolean closed;

  /** Is told what became of a stream. */
  interface Verdict {
    /** All of it passed; {@code matched} is whether it is what the digest names. */
    void passed(boolean matched);
  }

  /**
   * Takes over {@code content}.
   *
   * @param fetched is told of bytes that came
   * @param verdict is told what became of them, where they are all of it
   */
  VerifiedStream(UpstreamContent content, Digest digest, LongConsumer fetched, Verdict verdict) {
    this.content = content;
    this.digest = content.offset() == 0 ? digest : null;
    this.hash = digest.algorithm().newHash();
    this.fetched = fetched;
    this.verdict = verdict;
  }

  /** Waits until the next bytes are at hand, or the end is. */
  void await() throws IOException {
    while (!ended && !isReady()) {
      ByteBuf bytes = content.next();
      if (bytes == null) {
        ended = true;
        verify();
      } else {
        take(bytes);
      }
    }
  }

  @Override
  public @Nullable ByteBuf next() throws IOException {
    await();
    synchronized (held) {
      ByteBuf first = held.poll();
      if (first != null) {
        heldBytes -= first.readableBytes();
      }
      return first;
    }
  }

  /** Whether the oldest buffer may go because enough stays behind it. */
  private boolean isReady() {
    synchronized (held) {
      ByteBuf first = held.peek();
      return first != null
          && (digest == null || heldBytes - first.readableBytes() >= Transfer.HELD_BACK_BYTES);
    }
  }

  private void take(ByteBuf bytes) throws IOException {
    fetched.accept(bytes.readableBytes());
    for (var part : bytes.nioBuffers()) {
      hash.update(part);
    }
    synchronized (held) {
      if (closed) {
        bytes.release();
        throw new IOException("nobody takes the bytes any more");
      }
      held.add(bytes);
      heldBytes += bytes.readableBytes();
    }
  }

  private void verify() throws IOException {
    if (digest == null) {
      return;
    }
    boolean matched = Digest.of(digest.algorithm(), hash).equals(digest);
    verdict.passed(matched);
    if (!matched) {
      throw new IOException("upstream's bytes do not match " + digest);
    }
  }

  @Override
  public void close() {
    synchronized (held) {
      closed = true;
      held.forEach(ByteBuf::release);
      held.clear();
    }
    content.close();
  }
}
