package dev.tarn.server.peer;

import dev.tarn.core.placement.Member;
import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.core.range.ChunkGrid;
import dev.tarn.server.net.SmallPieces;
import dev.tarn.server.peer.wire.ChunkRequest;
import dev.tarn.server.peer.wire.ChunkTail;
import dev.tarn.server.peer.wire.PeerProtocol;
import dev.tarn.server.peer.wire.VoucherHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One chunk asked of one peer. Its state belongs to its connection's event loop; {@link #cancel} is
 * for any thread.
 */
final class FetchExchange implements PeerExchange, Fetch {
  private static final int OK = 200;

  private final Member peer;
  private final ChunkRequest request;
  private final PeerClient.Parts parts;
  private final FetchStream stream;
  private final SmallPieces pieces = new SmallPieces();
  private final long started;
  private volatile @Nullable PeerLink link;
  private final AtomicBoolean over = new AtomicBoolean();
  private @Nullable FetchFailure refused;
  private long received;
  private boolean full;
  private boolean throttled;

  FetchExchange(Member peer, ChunkRequest request, ChunkReceiver receiver, PeerClient.Parts parts) {
    this.peer = peer;
    this.request = request;
    this.parts = parts;
    this.started = parts.nanoClock().getAsLong();
    this.stream = new FetchStream(receiver, parts.workers(), this::roomAgain, this::cancel);
  }

  @Override
  public FullHttpRequest begin(PeerLink by) {
    link = by;
    return parts.get(peer, request.target());
  }

  @Override
  public boolean head(int status, HttpHeaders headers) {
    if (status == OK) {
      stream.accepted(blobSize(headers), voucher(headers));
      return true;
    }
    String word = headers.get(PeerProtocol.FAILURE_HEADER, "");
    Optional<FetchFailure> reason = PeerProtocol.failureOf(status, word);
    if (reason.isEmpty()) {
      PeerFailure failure = status == 421 ? PeerFailure.OTHER_NODE : PeerFailure.STATUS;
      failed(new PeerTrouble(failure, "it answered " + status));
      return false;
    }
    refused = reason.get();
    return true;
  }

  private @Nullable Voucher voucher(HttpHeaders headers) {
    return request.repository() == null
        ? null
        : VoucherHeaders.parse(
                headers.get(PeerProtocol.READABLE_HEADER, ""),
                headers.get(PeerProtocol.MEDIA_TYPE_HEADER, ""),
                headers.get(PeerProtocol.AGE_HEADER, ""))
            .orElse(null);
  }

  private static long blobSize(HttpHeaders headers) {
    try {
      return Math.max(
          Question.UNKNOWN_SIZE, Long.parseLong(headers.get(PeerProtocol.BLOB_SIZE_HEADER, "-1")));
    } catch (NumberFormatException e) {
      return Question.UNKNOWN_SIZE;
    }
  }

  @Override
  public boolean body(ByteBuf bytes) {
    if (refused != null) {
      return bytes.readableBytes() <= PeerProtocol.MAX_HEADER_BYTES;
    }
    int length = bytes.readableBytes();
    received += length;
    if (request.chunk() != Question.WHOLE && request.offset() + received > ChunkGrid.CHUNK_BYTES) {
      failed(new PeerTrouble(PeerFailure.PROTOCOL, "a chunk longer than a chunk"));
      return false;
    }
    parts.listener().received(peer, length);
    pieces.add(bytes.retain(), this::push);
    throttle(parts.bandwidth().take(length, false));
    return true;
  }

  private void flush() {
    pieces.flush(this::push);
  }

  private void push(ByteBuf bytes) {
    if (!stream.bytes(bytes)) {
      full = true;
      read();
    }
  }

  private void throttle(long nanos) {
    PeerLink by = link;
    if (nanos > 0 && by != null && !throttled) {
      throttled = true;
      read();
      by.channel()
          .eventLoop()
          .schedule(
              () -> {
                throttled = false;
                read();
              },
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  private void read() {
    PeerLink by = link;
    if (by != null) {
      by.reading(this, !full && !throttled);
    }
  }

  /** On a worker: hands over to the event loop. */
  private void roomAgain() {
    PeerLink by = link;
    if (by != null) {
      by.onLoop(
          () -> {
            full = false;
            read();
          });
    }
  }

  @Override
  public void pause() {
    flush();
  }

  @Override
  public void end(HttpHeaders trailers) {
    flush();
    FetchFailure refusal = refused;
    if (refusal != null) {
      refuse(refusal);
      return;
    }
    Optional<ChunkTail> tail =
        ChunkTail.parse(
            trailers.get(PeerProtocol.CHUNK_DIGEST_TRAILER, ""),
            trailers.get(PeerProtocol.FETCHED_BY_TRAILER, ""));
    String word = trailers.get(PeerProtocol.FAILURE_HEADER, "");
    if (!word.isEmpty()) {
      FetchFailure reason = PeerProtocol.failureOf(word).orElse(FetchFailure.GONE);
      ended(Optional.of(reason));
      stream.failed(reason);
    } else if (tail.isPresent()) {
      ended(Optional.empty());
      stream.finished(tail.get());
    } else {
      failed(new PeerTrouble(PeerFailure.PROTOCOL, "a chunk without a tail"));
      PeerLink by = link;
      if (by != null) {
        by.close();
      }
    }
  }

  @Override
  public void failed(PeerTrouble trouble) {
    flush();
    parts.listener().unreachable(peer, trouble.failure(), trouble.detail());
    // Too many connections say nothing about the peer.
    FetchFailure reason =
        trouble.failure() == PeerFailure.EXHAUSTED ? FetchFailure.BUSY : FetchFailure.UNREACHABLE;
    ended(Optional.of(reason));
    stream.failed(reason);
  }

  /** It is not even asked for. */
  void refuse(FetchFailure reason) {
    ended(Optional.of(reason));
    stream.failed(reason);
  }

  private void ended(Optional<FetchFailure> failure) {
    if (over.compareAndSet(false, true)) {
      parts.downloads().decrementAndGet();
      parts.listener().fetched(peer, failure, parts.nanoClock().getAsLong() - started);
    }
  }

  @Override
  public void cancel() {
    stream.cancel();
    if (!over.compareAndSet(false, true)) {
      return;
    }
    parts.downloads().decrementAndGet();
    PeerLink by = link;
    if (by != null) {
      by.abandon(this, pieces::drop);
    }
  }

  @Override
  public boolean isCancelled() {
    return over.get();
  }
}
