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
 * thread.
 *
 * <p>Read from its start, it is hashed as it passes, and its last bytes wait for the digest. Read
 * from an offset it cannot be: then the client, who has the bytes before it, verifies.
 */
final class VerifiedStream implements PassingBytes {
  private final UpstreamContent content;
  private final @Nullable Digest digest;
  private final LongConsumer fetched;
  private final MessageDigest hash;
  private final Deque<ByteBuf> held = new ArrayDeque<>();
  private long heldBytes;
  private boolean ended;

  /** Takes over {@code content}; {@code digest} is null where it is not read from its start. */
  VerifiedStream(UpstreamContent content, Digest digest, LongConsumer fetched) {
    this.content = content;
    this.digest = content.offset() == 0 ? digest : null;
    this.hash = digest.algorithm().newHash();
    this.fetched = fetched;
  }

  /** Waits until the first bytes can be handed on, so that no header leaves without them. */
  void awaitFirst() throws IOException {
    fill();
  }

  @Override
  public @Nullable ByteBuf next() throws IOException {
    fill();
    ByteBuf first = held.poll();
    if (first != null) {
      heldBytes -= first.readableBytes();
    }
    return first;
  }

  private void fill() throws IOException {
    while (!ended && (digest != null || held.isEmpty()) && !enoughHeld()) {
      ByteBuf bytes = content.next();
      if (bytes == null) {
        ended = true;
        verify();
      } else {
        take(bytes);
      }
    }
  }

  /** Whether the oldest buffer may go because enough stays behind it. */
  private boolean enoughHeld() {
    ByteBuf first = held.peek();
    return first != null
        && (digest == null || heldBytes - first.readableBytes() >= Transfer.HELD_BACK_BYTES);
  }

  private void take(ByteBuf bytes) {
    fetched.accept(bytes.readableBytes());
    for (var part : bytes.nioBuffers()) {
      hash.update(part);
    }
    held.add(bytes);
    heldBytes += bytes.readableBytes();
  }

  private void verify() throws IOException {
    if (digest != null && !Digest.of(digest.algorithm(), hash).equals(digest)) {
      throw new IOException("upstream's bytes do not match " + digest);
    }
  }

  @Override
  public void close() {
    held.forEach(ByteBuf::release);
    held.clear();
    content.close();
  }
}
