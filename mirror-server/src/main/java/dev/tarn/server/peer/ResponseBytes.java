package dev.tarn.server.peer;

import dev.tarn.core.planner.Event.FetchFailure;
import dev.tarn.core.planner.Question;
import dev.tarn.core.proof.Voucher;
import dev.tarn.server.peer.wire.ChunkTail;
import dev.tarn.server.peer.wire.PeerProtocol;
import dev.tarn.server.peer.wire.VoucherHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Answers of the peer endpoint as bytes. Pure functions; whoever calls owns what comes out. */
final class ResponseBytes {
  private static final int HEAD_BYTES = 512;
  private static final byte[] CRLF = {'\r', '\n'};

  private ResponseBytes() {}

  /** A whole answer. */
  static ByteBuf full(
      ByteBufAllocator allocator, int status, String type, byte[] body, String failure) {
    StringBuilder head = head(status);
    if (!failure.isEmpty()) {
      field(head, PeerProtocol.FAILURE_HEADER, failure);
    }
    field(head, "Content-Type", type);
    field(head, "Content-Length", Integer.toString(body.length));
    head.append("\r\n");
    ByteBuf bytes = allocator.buffer(head.length() + body.length);
    bytes.writeCharSequence(head, StandardCharsets.US_ASCII);
    return bytes.writeBytes(body);
  }

  static ByteBuf refusal(ByteBufAllocator allocator, FetchFailure reason) {
    String word = PeerProtocol.wordOf(reason);
    return full(allocator, PeerProtocol.statusOf(reason), "text/plain", new byte[0], word);
  }

  /** The head of a chunk whose bytes and tail follow. */
  static ByteBuf chunkHead(ByteBufAllocator allocator, long blobSize, @Nullable Voucher voucher) {
    StringBuilder head = head(HttpResponseStatus.OK.code());
    if (blobSize != Question.UNKNOWN_SIZE) {
      field(head, PeerProtocol.BLOB_SIZE_HEADER, Long.toString(blobSize));
    }
    if (voucher != null) {
      field(head, PeerProtocol.READABLE_HEADER, VoucherHeaders.readable(voucher));
      field(head, PeerProtocol.MEDIA_TYPE_HEADER, voucher.mediaType());
      field(head, PeerProtocol.AGE_HEADER, Long.toString(voucher.ageSeconds()));
    }
    field(head, "Content-Type", "application/octet-stream");
    field(head, "Transfer-Encoding", "chunked");
    field(
        head,
        "Trailer",
        PeerProtocol.CHUNK_DIGEST_TRAILER
            + ", "
            + PeerProtocol.FETCHED_BY_TRAILER
            + ", "
            + PeerProtocol.FAILURE_HEADER);
    head.append("\r\n");
    return ascii(allocator, head);
  }

  /** What stands before a piece of a chunk; {@link #CRLF} follows it. */
  static ByteBuf pieceHead(ByteBufAllocator allocator, int bytes) {
    return ascii(allocator, pieceHead(bytes));
  }

  /** A buffer on the heap with the head of a piece, room for the piece, and for what follows. */
  static ByteBuf pieceBuffer(ByteBufAllocator allocator, int bytes) {
    String head = pieceHead(bytes);
    ByteBuf buffer = allocator.directBuffer(head.length() + bytes + CRLF.length);
    buffer.writeCharSequence(head, StandardCharsets.US_ASCII);
    return buffer;
  }

  private static String pieceHead(int bytes) {
    return Integer.toHexString(bytes) + "\r\n";
  }

  static void endPiece(ByteBuf buffer) {
    buffer.writeBytes(CRLF);
  }

  static ByteBuf pieceEnd(ByteBufAllocator allocator) {
    return ascii(allocator, "\r\n");
  }

  static ByteBuf tail(ByteBufAllocator allocator, ChunkTail tail) {
    StringBuilder end = new StringBuilder("0\r\n");
    field(end, PeerProtocol.CHUNK_DIGEST_TRAILER, tail.hash().toString());
    field(end, PeerProtocol.FETCHED_BY_TRAILER, tail.fetchedBy());
    return ascii(allocator, end.append("\r\n"));
  }

  static ByteBuf failedTail(ByteBufAllocator allocator, FetchFailure reason) {
    StringBuilder end = new StringBuilder("0\r\n");
    field(end, PeerProtocol.FAILURE_HEADER, PeerProtocol.wordOf(reason));
    return ascii(allocator, end.append("\r\n"));
  }

  private static StringBuilder head(int status) {
    StringBuilder head = new StringBuilder(HEAD_BYTES);
    head.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
    field(head, PeerProtocol.VERSION_HEADER, PeerProtocol.VERSION);
    return head;
  }

  private static void field(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static ByteBuf ascii(ByteBufAllocator allocator, CharSequence text) {
    ByteBuf bytes = allocator.buffer(text.length());
    bytes.writeCharSequence(text, StandardCharsets.US_ASCII);
    return bytes;
  }
}
