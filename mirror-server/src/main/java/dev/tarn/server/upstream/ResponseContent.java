package dev.tarn.server.upstream;

import dev.tarn.core.digest.Digest;
import dev.tarn.server.upstream.UpstreamAnswer.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Content whose bytes come from an exchange. Used by one virtual thread.
 *
 * <p>Virtual threads are not preempted: one whose upstream is fast never waits, and a few of them
 * would keep all others from a processor, such as one that is to fetch a manifest. So each gives
 * way now and then.
 */
final class ResponseContent implements UpstreamContent {
  private static final long GIVE_WAY_BYTES = 1024 * 1024;

  /** Which part of the whole the body is. */
  record Extent(long offset, long totalSize) {}

  private final Response response;
  private final Extent extent;
  private final boolean anonymous;
  private final Duration stallTimeout;
  private final Consumer<Reason> broke;
  private long bytesInTurn;

  ResponseContent(
      Response response,
      Extent extent,
      boolean anonymous,
      Duration stallTimeout,
      Consumer<Reason> broke) {
    this.response = response;
    this.extent = extent;
    this.anonymous = anonymous;
    this.stallTimeout = stallTimeout;
    this.broke = broke;
  }

  @Override
  public String mediaType() {
    return header(HttpHeaderNames.CONTENT_TYPE.toString()).orElse("");
  }

  @Override
  public long totalSize() {
    return extent.totalSize();
  }

  @Override
  public long offset() {
    return extent.offset();
  }

  @Override
  public Optional<Digest> digest() {
    return header("Docker-Content-Digest").flatMap(Digest::parse);
  }

  @Override
  public Optional<String> link() {
    return header("Link");
  }

  @Override
  public Optional<String> header(String name) {
    return response.header(name);
  }

  @Override
  public boolean anonymous() {
    return anonymous;
  }

  @Override
  public @Nullable ByteBuf next() throws UpstreamException {
    giveWay();
    try {
      ByteBuf bytes = response.exchange().next(stallTimeout);
      bytesInTurn += bytes == null ? 0 : bytes.readableBytes();
      return bytes;
    } catch (UpstreamException e) {
      if (!Thread.currentThread().isInterrupted()) { // Else this node broke it off.
        broke.accept(e.reason());
      }
      throw e;
    }
  }

  /** Nothing is right or wrong by it; for virtual threads it is the only way to take turns. */
  @SuppressWarnings("ThreadPriorityCheck")
  private void giveWay() {
    if (bytesInTurn >= GIVE_WAY_BYTES) {
      bytesInTurn = 0;
      Thread.yield();
    }
  }

  @Override
  public void close() {
    response.exchange().close();
  }
}
